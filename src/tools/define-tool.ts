import { z } from 'zod';
import { HotcellError } from '../contract/api/errors.ts';
import { type HostFunctions, toolNamePattern } from '../contract/api/host-function.ts';
import type { PartialLimits } from '../contract/api/limits.ts';
import type { NetworkPolicy } from '../contract/api/network.ts';
import { type BackendName, backendNames, type ImageChoice, type Language, languages } from '../contract/api/request.ts';
import { readCallerValue } from '../support/caller-values.ts';

/** A tool as its author writes it: code that strangers may call by name, with arguments and answer checked on the host. */
export interface ToolDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  /** Semantic version. Default `1.0.0`. */
  readonly version?: string | undefined;
  /** For the people and models who choose it. */
  readonly description: string;
  /** Checks the arguments; what it parses to (defaults filled in) is given to the handler as `inputs`. */
  readonly input: Input;
  /** Checks the answer; what it parses to is the result's value. Default: any JSON. */
  readonly output?: Output | undefined;
  readonly language: Language;
  /** The tool's code in handler mode: a default export or `handler` in JavaScript, `def handler` in Python, stdin to stdout in Bash. */
  readonly code: string;
  /** Any subset of the limits. */
  readonly limits?: PartialLimits | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Given to the tool as environment and redacted from all that leaves it. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Files placed under /workspace: path → text or bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** Functions of the host that the tool's own code may call; see `ExecutionRequest.tools`. */
  readonly tools?: HostFunctions | undefined;
  /** What the tool's own code may reach; see `ExecutionRequest.network`. Default `none`. */
  readonly network?: 'none' | NetworkPolicy | undefined;
  /** Forces a backend. */
  readonly backend?: BackendName | undefined;
  /** See `ExecutionRequest.image`. */
  readonly image?: ImageChoice | undefined;
}

/** A definition that was checked; made by {@link defineTool} only. */
export interface Tool<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType>
  extends ToolDefinition<Input, Output> {
  readonly version: string;
}

const isSchema = (value: unknown): boolean => value instanceof z.ZodType;

// Code, limits, environment, files, host functions and network are checked by the request schema when the tool is called.
const definitionSchema = z.looseObject({
  name: z.string().regex(toolNamePattern, 'must be 1 to 64 letters, digits, "_" or "-"'),
  version: z
    .string()
    .regex(
      /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,64})?(?:\+[0-9A-Za-z.-]{1,64})?$/,
      'must be a semantic version such as 1.0.0',
    )
    .default('1.0.0'),
  description: z.string().min(1).max(4_096),
  input: z.custom(isSchema, 'must be a zod schema'),
  output: z.custom(isSchema, 'must be a zod schema').optional(),
  language: z.enum(languages),
  code: z.string().min(1),
  backend: z.enum(backendNames).optional(),
});

/**
 * Checks a tool's definition and freezes it; hand the tool to `createEngine({ tools })` and call it by its name.
 * @throws {HotcellError} `INVALID_REQUEST` where the definition is wrong: a mistake of the program, not of a call.
 */
export function defineTool<Input extends z.ZodType, Output extends z.ZodType>(
  definition: ToolDefinition<Input, Output>,
): Tool<Input, Output> {
  const { given, checked } = readDefinition(definition);
  if (!checked.success) {
    const reasons = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new HotcellError('INVALID_REQUEST', `The tool cannot be defined: ${reasons}.`);
  }
  return Object.freeze({ ...given, version: checked.data.version });
}

function readDefinition<Definition extends ToolDefinition>(
  definition: Definition,
): { readonly given: Definition; readonly checked: ReturnType<typeof definitionSchema.safeParse> } {
  try {
    return readCallerValue(() => {
      const given = { ...definition };
      return { given, checked: definitionSchema.safeParse(given) };
    });
  } catch (cause) {
    throw new HotcellError('INVALID_REQUEST', 'The tool cannot be defined: its definition cannot be read.', { cause });
  }
}
