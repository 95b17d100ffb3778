import { z } from 'zod';
import { HotcellError } from '../contract/api/errors.ts';
import { type HostFunctions, toolNamePattern } from '../contract/api/host-function.ts';
import type { PartialLimits } from '../contract/api/limits.ts';
import type { NetworkPolicy } from '../contract/api/network.ts';
import {
  type BackendName,
  executionRequestSchema,
  type ImageChoice,
  type Language,
  type ParsedRequest,
} from '../contract/api/request.ts';
import { isBytes } from '../contract/schema/bytes.ts';
import { describeIssues } from '../contract/schema/issues.ts';
import { unknownNames } from '../contract/schema/known-names.ts';
import type { ShapeOf } from '../contract/schema/schema-parts.ts';
import { parseCallerValue } from '../support/parse-caller-value.ts';

/** A tool as its author writes it: code that strangers may call by name, with arguments and answer checked on the host. */
export interface ToolDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  /** Semantic version. Default `1.0.0`. */
  readonly version?: string | undefined;
  /** For the people and models that choose it. */
  readonly description: string;
  /** Checks the arguments; the handler gets the parsed value (defaults filled in) as `inputs`. */
  readonly input: Input;
  /** Checks the answer; the parsed value is the result's value. Default: any JSON. */
  readonly output?: Output | undefined;
  readonly language: Language;
  /** The tool's code in handler mode: a default export or `handler` in JavaScript, `def handler` in Python, stdin to stdout in Bash. */
  readonly code: string;
  /** Any subset of the limits. */
  readonly limits?: PartialLimits | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Given to the tool as environment and redacted from all its output. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Files placed under /workspace: path → text or bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** Functions of the host that the tool's own code may call; see `ExecutionRequest.tools`. */
  readonly tools?: HostFunctions | undefined;
  /** The hosts that the tool's own code may reach; see `ExecutionRequest.network`. Default `none`. */
  readonly network?: 'none' | NetworkPolicy | undefined;
  /** Forces a backend. */
  readonly backend?: BackendName | undefined;
  /** See `ExecutionRequest.image`. */
  readonly image?: ImageChoice | undefined;
}

/** A checked definition; only {@link defineTool} makes it. */
export interface Tool<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType>
  extends ToolDefinition<Input, Output> {
  readonly version: string;
}

const isSchema = (value: unknown): boolean => value instanceof z.ZodType;

/** Checked as parts of a request, which a call of the tool becomes. */
const requestParts = {
  language: z.unknown().optional(),
  code: z.string().min(1, 'must not be empty'),
  limits: z.unknown().optional(),
  env: z.unknown().optional(),
  secrets: z.unknown().optional(),
  files: z.unknown().optional(),
  tools: z.unknown().optional(),
  network: z.unknown().optional(),
  backend: z.unknown().optional(),
  image: z.unknown().optional(),
};
const fields = {
  ...requestParts,
  name: z.string().regex(toolNamePattern, 'must be 1 to 64 letters, digits, "_" or "-"'),
  version: z
    .string()
    .regex(
      /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,64})?(?:\+[0-9A-Za-z.-]{1,64})?$/,
      'must be a semantic version such as 1.0.0',
    )
    .default('1.0.0'),
  description: z.string().min(1).max(4_096),
  input: z.custom<z.ZodType>(isSchema, 'must be a zod schema'),
  output: z.custom<z.ZodType>(isSchema, 'must be a zod schema').optional(),
} satisfies ShapeOf<ToolDefinition>;

/** Checks a whole definition: unknown names are refused, and its parts follow the contract of a request. */
export const toolSchema: z.ZodType<Tool, Tool> = z
  .strictObject(fields, { error: unknownNames(Object.keys(fields)) })
  .transform((definition, context) => {
    const given = Object.entries(definition).filter(([name, value]) => name in requestParts && value !== undefined);
    const request = Object.fromEntries(given);
    const stream = findStream(request.files);
    const parsed = stream === undefined ? executionRequestSchema.safeParse({ ...request, mode: 'handler' }) : undefined;
    if (!parsed?.success) {
      const reason = parsed ? describeIssues(parsed.error) : `files.${stream}: must be text or a Uint8Array`;
      context.addIssue({ code: 'custom', message: reason });
      return z.NEVER;
    }
    const read = given.map(([name]) => [name, parsed.data[name as keyof ParsedRequest]]);
    return { ...definition, ...Object.fromEntries(read) };
  }) as unknown as z.ZodType<Tool, Tool>;

/** A file that is neither text nor bytes: a stream is read once, and a tool is called many times. */
function findStream(files: unknown): string | undefined {
  if (typeof files !== 'object' || files === null) return undefined;
  return Object.entries(files).find(([, content]) => typeof content === 'object' && !isBytes(content))?.[0];
}

/**
 * Checks a tool's definition, its limits included, and freezes a copy; hand the tool to `createEngine({ tools })` and call
 * it by its name.
 * @throws {HotcellError} `INVALID_REQUEST` if the definition is wrong: a mistake of the program, not of a call
 */
export function defineTool<Input extends z.ZodType, Output extends z.ZodType>(
  definition: ToolDefinition<Input, Output>,
): Tool<Input, Output> {
  const parsed = parseCallerValue(toolSchema, definition);
  if (parsed.reason === undefined) return Object.freeze(parsed.data) as Tool<Input, Output>;
  throw new HotcellError('INVALID_REQUEST', `The tool cannot be defined: ${parsed.reason}.`);
}
