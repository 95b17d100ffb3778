import { z } from 'zod';
import { unknownNames } from '../schema/known-names.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';

/** Most host functions of one request. */
export const hostFunctionsMax = 128;

/** Names of tools: 1 to 64 letters, digits, `_` and `-`. */
export const toolNamePattern: RegExp = /^[A-Za-z0-9_-]{1,64}$/;

/** The argument of `approve`. */
export interface HostFunctionCall<Input = unknown> {
  readonly tool: string;
  /** After the input schema has parsed it. */
  readonly input: Input;
  /** Id of the job; equal to the `id` of its result. */
  readonly jobId: string;
  readonly tenant: string;
  /** Aborted when the job ends. */
  readonly signal: AbortSignal;
}

/** The second argument of a tool's `run`. */
export interface HostFunctionContext {
  readonly jobId: string;
  readonly tenant: string;
  /** Aborted when the job ends or the tool's time is up. An answer after that is ignored. */
  readonly signal: AbortSignal;
}

/** `true` allows a call; `false` or a text refuses it. The guest receives the text as the reason. */
export type Approval = boolean | string;

/**
 * A function of the caller's process that guest code may call. Only JSON crosses: the guest's input, with secrets
 * redacted, and the answer, also redacted. An error that it throws reaches the guest as a `ToolError` with the redacted
 * message, without the stack.
 */
export interface HostFunction<
  // biome-ignore lint/suspicious/noExplicitAny: the type of the input comes from the schema of each tool
  Input extends z.ZodType = z.ZodType<any>,
  // biome-ignore lint/suspicious/noExplicitAny: the same for its answer
  Output extends z.ZodType = z.ZodType<any>,
> {
  /** For the models and people who write guest code; 1 to 4 096 characters. */
  readonly description: string;
  /** Checks the input; `run` receives the parsed value, with defaults filled in. */
  readonly input: Input;
  /** Checks the answer; the parsed value is sent. Default: any JSON. */
  readonly output?: Output | undefined;
  /** Does the work. Its answer must be JSON; `undefined` becomes `null`. */
  run(input: z.output<Input>, context: HostFunctionContext): z.input<Output> | Promise<z.input<Output>>;
  /** Most calls in one job that reach `approve` and `run`. Default: `limits.toolCalls`. */
  readonly maxCalls?: number | undefined;
  /** Longest time of `run`, in milliseconds. Default and maximum: the rest of the job's time. */
  readonly timeoutMs?: number | undefined;
  /** Called before each `run`; may be slow. Any answer except `true` refuses the call. */
  approve?(call: HostFunctionCall<z.output<Input>>): Approval | Promise<Approval>;
}

/** Host functions, by the names that the guest uses. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/**
 * A name for a host function: not `aio`, which Python needs, and not starting with `__`, which has a special meaning in
 * languages.
 */
export const hostFunctionNameSchema: z.ZodType<string, string> = z
  .string()
  .regex(toolNamePattern, 'must be 1 to 64 letters, digits, "_" or "-"')
  .refine((name) => name !== 'aio' && !name.startsWith('__'), 'must not be "aio" or start with "__"');

const isSchema = (value: unknown): boolean => value instanceof z.ZodType;
const isFunction = (value: unknown): boolean => typeof value === 'function';

function whole(minimum: number, maximum: number): z.ZodNumber {
  const wanted = `must be a whole number from ${minimum} to ${maximum}`;
  return z.number(wanted).int(wanted).min(minimum, wanted).max(maximum, wanted);
}

const fields = {
  description: z.string().min(1).max(4_096),
  input: z.custom<z.ZodType>(isSchema, 'must be a zod schema'),
  output: z.custom<z.ZodType>(isSchema, 'must be a zod schema').optional(),
  run: z.custom<HostFunction['run']>(isFunction, 'must be a function'),
  maxCalls: whole(1, 1_048_576).optional(),
  timeoutMs: whole(1, 86_400_000).optional(),
  approve: z.custom<NonNullable<HostFunction['approve']>>(isFunction, 'must be a function').optional(),
} satisfies ShapeOf<HostFunction>;

/** Checks a {@link HostFunction}. */
export const hostFunctionSchema: z.ZodType<HostFunction, HostFunction> = z.strictObject(fields, {
  error: unknownNames(Object.keys(fields)),
}) as z.ZodType<HostFunction, HostFunction>;
