import { z } from 'zod';
import { abortSignalSchema } from '../schema/abort-signal.ts';
import { atMost } from '../schema/at-most.ts';
import { bytesSchema } from '../schema/bytes.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';
import { streamSchema } from '../schema/stream-source.ts';
import type { ArtifactSink } from './artifact-sink.ts';
import { type HostFunctions, hostFunctionNameSchema, hostFunctionSchema, hostFunctionsMax } from './host-function.ts';
import { type PartialLimits, partialLimitsSchema } from './limits.ts';
import { type NetworkPolicy, networkPolicySchema } from './network.ts';

/** Languages of guest code. */
export const languages = ['javascript', 'typescript', 'python', 'bash'] as const;
/** One of {@link languages}. */
export type Language = (typeof languages)[number];

/** Names of all backends. */
export const backendNames = ['isolate', 'docker', 'wasm'] as const;
/** One of {@link backendNames}. */
export type BackendName = (typeof backendNames)[number];

/** Longest code in bytes of UTF-8: 1 MiB. Larger programs belong in `files`. */
export const codeMaxBytes = 1_048_576;
/** Largest inputs, in bytes of JSON text: 16 MiB. */
export const inputsMaxBytes = 16_777_216;
/** Most files of one request. */
export const filesMax = 1_000;
/** Most names in `env` and in `secrets`. */
export const namesMax = 256;
/** The most patterns in `collect`. */
const collectMax = 64;

/** Images that a request can choose instead of its language's default; see `sandbox-images/README.md`. */
export const imageChoices = ['python-data'] as const;
/** One of {@link imageChoices}. */
export type ImageChoice = (typeof imageChoices)[number];

const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** A path under /workspace: relative, `/` between its parts, no `.` or `..`, no control characters, at most 1 024 characters. */
export const workspacePathSchema: z.ZodType<string, string> = z
  .string()
  .min(1)
  .max(1_024)
  .refine((path) => !controlCharacters.test(path), 'must not contain control characters')
  .refine(
    (path) => !path.startsWith('/') && !path.includes('\\'),
    'must be relative to /workspace, with / between its parts',
  )
  .refine(
    (path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'must not contain empty parts, "." or ".."',
  )
  .refine(
    (path) => path.split('/').every((part) => Buffer.byteLength(part) <= 255),
    'has a part longer than 255 bytes',
  );

/** A record by name. Refuses `__proto__`, which zod's own record would silently drop. */
function recordOf<Value>(
  names: z.ZodType<string, string>,
  values: z.ZodType<Value, Value>,
): z.ZodType<Record<string, Value>, Record<string, Value>> {
  const hasProto = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__');
  return z
    .custom<Record<string, Value>>((value) => !hasProto(value), 'must not have the name "__proto__"')
    .pipe(z.record(names, values));
}

/** A name of an environment variable or secret: letters, digits and `_`, not starting with a digit, not `HOTCELL_…`. */
const environmentNameSchema = z
  .string()
  .max(128)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of letters, digits and "_"')
  .refine((name) => !name.startsWith('HOTCELL_'), 'must not start with HOTCELL_, which is reserved');

/** Environment variables and secrets, by name. */
export const environmentSchema: z.ZodType<Record<string, string>, Record<string, string>> = atMost(
  namesMax,
  `must not have more than ${namesMax} names`,
  recordOf(
    environmentNameSchema,
    z
      .string()
      .max(131_072)
      .refine((value) => !value.includes('\0'), 'must not contain a null byte'),
  ),
);

/** A tenant or tool-call identifier: printable, at most 128 characters. */
export const identifierSchema: z.ZodType<string, string> = z
  .string()
  .min(1)
  .max(128)
  .refine((name) => !controlCharacters.test(name), 'must not contain control characters');

const contentSchema = z.union([z.string(), bytesSchema, streamSchema]);

/** Folders of /workspace reserved for the cell. */
const cellFolders: ReadonlySet<string> = new Set(['.hotcell', '.tmp']);

/** A path of a file that a caller puts under /workspace. */
const filePathSchema = workspacePathSchema
  .refine((path) => path.isWellFormed(), 'must be well-formed Unicode')
  .refine((path) => !cellFolders.has(path.split('/', 1)[0] ?? ''), {
    error: ({ input }) => `${JSON.stringify(input)} is in a folder that the cell needs itself; take another name`,
  });

const filesSchema = atMost(
  filesMax,
  `must not hold more than ${filesMax} files`,
  recordOf(filePathSchema, contentSchema).superRefine((files, context) => {
    const file = fileAndFolder(Object.keys(files));
    if (file === undefined) return;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(file)} cannot be a file and a folder with others in it`,
    });
  }),
);

/** The first path that is also a folder of another path. */
function fileAndFolder(paths: readonly string[]): string | undefined {
  const files = new Set(paths);
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      if (files.has(folder)) return folder;
    }
  }
  return undefined;
}

const sinkSchema = z.custom<ArtifactSink>((value) => typeof value === 'function', 'must be a function');

/** Files by their paths under /workspace. */
export type RequestFiles = Readonly<Record<string, string | Uint8Array | AsyncIterable<string | Uint8Array>>>;

/** The argument of `execute` and `runSandboxed`. Unknown keys are refused; `undefined` counts as not given. */
export interface ExecutionRequest {
  /** Language of `code`; also decides the backend unless `backend` is given. */
  readonly language: Language;
  /** The guest's code, at most 1 MiB of UTF-8. */
  readonly code: string;
  /**
   * `script` (default): the value is that of the last expression. `handler`: the value is the answer of the code's
   * handler.
   */
  readonly mode?: 'script' | 'handler' | undefined;
  /** JSON given to the guest as `inputs` (Bash: the file `$HOTCELL_INPUTS`); at most 16 MiB as text. Default `null`. */
  readonly inputs?: unknown;
  /** Standard input of the guest; an async iterable is passed on as it arrives. Default: empty. */
  readonly stdin?: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined;
  /**
   * Files placed under /workspace before the guest starts: path → text, bytes, or a stream of unknown length. Streams
   * are read one after the other and have `limits.timeoutMs` in total; see `docs/files.md`.
   */
  readonly files?: RequestFiles | undefined;
  /** Globs, relative to /workspace, of the files to return as artifacts. Default `['output/**']`. */
  readonly collect?: readonly string[] | undefined;
  /** Receives the content of artifacts as it arrives, instead of the result: see {@link ArtifactSink}. */
  readonly artifactSink?: ArtifactSink | undefined;
  /** Environment variables of the guest. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * Secrets by name: environment variables of the guest whose values are redacted from everything that leaves the cell.
   */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Functions of this process that the guest may call, by name; see `docs/tools.md`. At most 128. */
  readonly tools?: HostFunctions | undefined;
  /** Any subset of the limits; `defaultLimits` has the rest. */
  readonly limits?: PartialLimits | undefined;
  /**
   * What the guest may reach through the engine; see `docs/network.md`. Its cell never has a network. Default `none`.
   */
  readonly network?: 'none' | NetworkPolicy | undefined;
  /** Trust domain of the caller; jobs of two tenants never share a process or a container. Default `default`. */
  readonly tenant?: string | undefined;
  /**
   * `fresh` (default): a new cell. `tenant`: jobs of one tenant may share a container; the result says which applied.
   */
  readonly isolation?: 'fresh' | 'tenant' | undefined;
  /** Forces a backend. */
  readonly backend?: BackendName | undefined;
  /**
   * `python-data`: Python with numpy, pandas, matplotlib and more, in a container; `hotcell setup --data` builds it.
   */
  readonly image?: ImageChoice | undefined;
  /** Cancels the call at any stage. */
  readonly signal?: AbortSignal | undefined;
}

/** An {@link ExecutionRequest} with its defaults filled in; `inputs` is not checked yet. */
export interface ParsedRequest {
  readonly language: Language;
  readonly code: string;
  readonly mode: 'script' | 'handler';
  readonly inputs?: unknown;
  readonly stdin?: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined;
  readonly files: RequestFiles;
  readonly collect: readonly string[];
  readonly artifactSink?: ArtifactSink | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly tools: HostFunctions;
  readonly limits: PartialLimits;
  readonly network: 'none' | NetworkPolicy;
  /** The context decides the job's tenant; if this one is given, it must be equal. */
  readonly tenant?: string | undefined;
  readonly isolation: 'fresh' | 'tenant';
  readonly backend?: BackendName | undefined;
  readonly image?: ImageChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Checks an {@link ExecutionRequest} and fills in its defaults. */
export const executionRequestSchema: z.ZodType<ParsedRequest, ExecutionRequest> = z
  .strictObject({
    language: z.enum(languages),
    code: z
      .string()
      .refine((code) => Buffer.byteLength(code) <= codeMaxBytes, `must not be larger than ${codeMaxBytes} bytes`)
      .refine((code) => code.isWellFormed(), 'must be well-formed Unicode'),
    mode: z.enum(['script', 'handler']).default('script'),
    inputs: z.unknown().optional(),
    stdin: contentSchema.optional(),
    files: filesSchema.default({}),
    collect: atMost(collectMax, `must not hold more than ${collectMax} patterns`, z.array(workspacePathSchema)).default(
      ['output/**'],
    ),
    artifactSink: sinkSchema.optional(),
    env: environmentSchema.default({}),
    secrets: environmentSchema.default({}),
    tools: atMost(
      hostFunctionsMax,
      `must not hold more than ${hostFunctionsMax} tools`,
      recordOf(hostFunctionNameSchema, hostFunctionSchema),
    ).default({}),
    limits: atMost(namesMax, 'has too many members', partialLimitsSchema).default({}),
    network: atMost(namesMax, 'has too many members', z.union([z.literal('none'), networkPolicySchema])).default(
      'none',
    ),
    tenant: identifierSchema.optional(),
    isolation: z.enum(['fresh', 'tenant']).default('fresh'),
    backend: z.enum(backendNames).optional(),
    image: z.enum(imageChoices).optional(),
    signal: abortSignalSchema.optional(),
  } satisfies ShapeOf<ExecutionRequest>)
  .refine(({ image, language }) => image === undefined || language === 'python', {
    path: ['image'],
    message: 'is only for Python',
  })
  .refine(({ image, backend }) => image === undefined || backend === undefined || backend === 'docker', {
    path: ['image'],
    message: 'needs the backend docker',
  });
