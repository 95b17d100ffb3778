import { z } from 'zod';
import { unknownNames } from '../schema/known-names.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';

/** The most host functions of one request. */
export const hostFunctionsMax = 128;

/** What tools are called: 1 to 64 letters, digits, `_` and `-`. */
export const toolNamePattern: RegExp = /^[A-Za-z0-9_-]{1,64}$/;

/** A call as `approve` sees it. */
export interface HostFunctionCall<Input = unknown> {
  readonly tool: string;
  /** As the input schema parsed it. */
  readonly input: Input;
  /** Id of the job, as in its result. */
  readonly jobId: string;
  readonly tenant: string;
  /** Aborted when the job ends. */
  readonly signal: AbortSignal;
}

/** What a tool's `run` is told besides its input. */
export interface HostFunctionContext {
  readonly jobId: string;
  readonly tenant: string;
  /** Aborted when the job ends or the tool's time is up. What `run` answers after that is dropped. */
  readonly signal: AbortSignal;
}

/** `true` lets a call through; `false` refuses it, and so does a text, which is the reason that the guest is told. */
export type Approval = boolean | string;

/**
 * A function of the caller's process that guest code may call. Only JSON crosses: its input as the guest wrote it, with
 * secrets redacted, and its answer, redacted too. What it throws reaches the guest as a `ToolError` with the message,
 * redacted, and without the stack.
 */
export interface HostFunction<
  // biome-ignore lint/suspicious/noExplicitAny: what `run` of a literal in a request takes is its own schema's affair
  Input extends z.ZodType = z.ZodType<any>,
  // biome-ignore lint/suspicious/noExplicitAny: the same for its answer
  Output extends z.ZodType = z.ZodType<any>,
> {
  /** For the models and people who write the guest's code; 1 to 4 096 characters. */
  readonly description: string;
  /** Checks the input; what it parses to (defaults filled in) is given to `run`. */
  readonly input: Input;
  /** Checks the answer; what it parses to is sent. Default: any JSON. */
  readonly output?: Output | undefined;
  /** Does the work. Its answer must be JSON; `undefined` becomes `null`. */
  run(input: z.output<Input>, context: HostFunctionContext): z.input<Output> | Promise<z.input<Output>>;
  /** The most calls in one job that get as far as `approve` and `run`. Default: as many as `limits.toolCalls`. */
  readonly maxCalls?: number | undefined;
  /** The longest that `run` may take, in milliseconds. Default and bound: the rest of the job's time. */
  readonly timeoutMs?: number | undefined;
  /** Asked before each `run`; may take its time. Anything but `true` refuses. */
  approve?(call: HostFunctionCall<z.output<Input>>): Approval | Promise<Approval>;
}

/** Host functions by the names under which the guest calls them. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/** A name for a host function: no `aio`, which Python needs, and nothing that begins with `__`, which languages give meaning. */
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
