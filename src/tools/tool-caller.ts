import { z } from 'zod';
import { errorTable, HotcellError } from '../contract/api/errors.ts';
import { defaultLimits } from '../contract/api/limits.ts';
import { type ExecutionRequest, identifierSchema } from '../contract/api/request.ts';
import type { ExecutionResult, ToolReference } from '../contract/api/result.ts';
import { abortSignalSchema } from '../contract/schema/abort-signal.ts';
import { printable } from '../contract/schema/issues.ts';
import type { JsonValue } from '../contract/schema/json.ts';
import type { ExecutionContext, Executor } from '../contract/spi/executor.ts';
import { followCaller } from '../support/caller-signal.ts';
import { CallerError, isInstance, readCallerValue } from '../support/caller-values.ts';
import { checkToolAnswer, checkToolInput } from '../support/check-tool-value.ts';
import { Deadline } from '../support/deadline.ts';
import type { EventHub } from '../support/event-hub.ts';
import { newId, traceIds } from '../support/ids.ts';
import { type Parsed, parseCallerValue } from '../support/parse-caller-value.ts';
import type { Tool } from './define-tool.ts';

/** A call of a tool by its name. */
export interface ToolCall {
  readonly name: string;
  /** Checked by the tool's input schema. Default `{}`. */
  readonly arguments?: unknown;
  /** Comes back as `result.tool.callId`, to match answers with calls. Default: a new one. */
  readonly id?: string | undefined;
  /** Who calls, for policy and audit; the guest does not see it. */
  readonly userId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const toolCallSchema = z.strictObject({
  name: z.string().max(256),
  arguments: z.unknown().optional(),
  id: identifierSchema.optional(),
  userId: identifierSchema.optional(),
  tenant: identifierSchema.optional(),
  signal: abortSignalSchema.optional(),
});

/** Most calls in one `callAll`. */
const callsMax = 10_000;

/** The parts of the engine that tool calls need. */
export interface ToolExecutor {
  readonly executor: Pick<Executor, 'execute'>;
  /** The context of a call of a tenant; `undefined` is the usual tenant. */
  contextOf(call: Pick<ToolCall, 'tenant'>, signal: AbortSignal): ExecutionContext;
  /** A result for a call that is refused before it becomes a request. */
  refuse(error: HotcellError, context: ExecutionContext): ExecutionResult;
  /** Gets an event for each answer that is refused. */
  readonly events: EventHub;
}

/** The tools of an engine by name. */
export class ToolCaller {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #host: ToolExecutor;

  /** @param tools Their names differ. */
  constructor(tools: readonly Tool[], host: ToolExecutor) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#host = host;
  }

  /**
   * Makes many calls at once, and answers in their order.
   * @throws {HotcellError} `INVALID_REQUEST` if they are not an array, or are too many.
   */
  async callAll(calls: readonly ToolCall[]): Promise<ExecutionResult[]> {
    const count = readCount(calls);
    // A hole, or a member that cannot be read, fails like any other malformed call.
    return await Promise.all(Array.from({ length: count }, (_, index) => this.#call(() => calls[index])));
  }

  /** Looks the tool up, checks the arguments, runs its code, checks the answer. Never rejects. */
  call(call: ToolCall): Promise<ExecutionResult> {
    return this.#call(() => call);
  }

  async #call(read: () => ToolCall | undefined): Promise<ExecutionResult> {
    const abort = new AbortController();
    let context = this.#host.contextOf({}, abort.signal);
    try {
      const { name, arguments: given, id, tenant, userId, signal } = parseCall(read);
      using _ = signal && followCaller(signal, abort);
      const tool = this.#tools.get(name);
      const reference: ToolReference = { name, version: tool?.version ?? '', callId: id ?? newId() };
      const principal = userId === undefined ? undefined : { id: userId };
      context = { ...this.#host.contextOf({ tenant }, abort.signal), principal, tool: reference };
      if (!tool) throw new HotcellError('UNKNOWN_TOOL', `There is no tool "${printable(name)}" on this engine.`);

      const inputs = await inTime(tool, abort.signal, (signal) => checkToolInput(tool.input, given ?? {}, signal));
      if (inputs.reason !== undefined) {
        const message = `The arguments of tool "${name}" are invalid: ${inputs.reason}.`;
        throw new HotcellError('INVALID_ARGUMENTS', message);
      }
      const result = await this.#host.executor.execute(toRequest(tool, inputs.data), context);
      const answer = await checkAnswer(tool, result, abort.signal);
      if (answer.error?.code === 'INVALID_ANSWER') this.#reportRefused(answer, context);
      return answer;
    } catch (error) {
      if (isInstance(error, HotcellError)) return this.#host.refuse(error, context);
      const message = 'The call was cancelled before its guest started.';
      return this.#host.refuse(new HotcellError('CANCELLED_BEFORE_START', message, { cause: error }), context);
    }
  }

  #reportRefused({ id, tenant, tool }: ExecutionResult, context: ExecutionContext): void {
    const ids = { callId: id, tenant, ...traceIds(context), tool: tool?.name };
    this.#host.events.emit?.({ type: 'tool.answer-refused', ...ids });
  }
}

function parseCall(read: () => ToolCall | undefined): z.infer<typeof toolCallSchema> {
  const parsed = parseCallerValue(toolCallSchema, readOr(read, undefined));
  if (parsed.reason === undefined) return parsed.data;
  throw new HotcellError('INVALID_REQUEST', `The tool call is invalid: ${parsed.reason}.`);
}

function readCount(calls: readonly ToolCall[]): number {
  const count = readOr(() => (Array.isArray(calls) ? calls.length : undefined), undefined);
  if (count !== undefined && count <= callsMax) return count;
  const message = `The tool calls are invalid: they must be an array of at most ${callsMax} calls.`;
  throw new HotcellError('INVALID_REQUEST', message);
}

/** A value of the caller's, or `otherwise` if it cannot be read. */
function readOr<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return readCallerValue(read);
  } catch {
    return otherwise;
  }
}

/** Lets a tool's schema check a value within the time limit of the tool's jobs. */
async function inTime<Checked>(
  { limits }: Tool,
  signal: AbortSignal,
  check: (signal: AbortSignal) => Promise<Checked>,
): Promise<Checked | { readonly reason: string }> {
  const timeoutMs = limits?.timeoutMs ?? defaultLimits.timeoutMs;
  const late = (): Error => new CallerError(`its schema took longer than limits.timeoutMs = ${timeoutMs} ms`);
  using deadline = new Deadline(timeoutMs, late, signal);
  try {
    return await check(deadline.signal);
  } catch (error) {
    if (signal.aborted || !isInstance(error, CallerError)) throw error;
    return { reason: `it cannot be checked (${printable(error.message)})` };
  }
}

function toRequest(tool: Tool, inputs: unknown): ExecutionRequest {
  const { language, code, limits, env, secrets, files, tools, network, backend, image } = tool;
  const given = { limits, env, secrets, files, tools, network, backend, image };
  return { language, code, mode: 'handler', inputs, ...given };
}

/** The result with its value as the output schema parses it, or an `INVALID_ANSWER` that keeps the original value. */
async function checkAnswer(tool: Tool, result: ExecutionResult, signal: AbortSignal): Promise<ExecutionResult> {
  if (result.status !== 'success' || !tool.output) return result;
  const answer = await checkValue(tool, tool.output, result, signal);
  // A call without a value stays one, unless the schema makes one.
  if (answer.reason === undefined && answer.data === null && result.valueType !== 'json') return result;
  if (answer.reason === undefined) return { ...result, value: answer.data, valueType: 'json' };
  const reason = result.valueType === 'json' ? answer.reason : 'it is not JSON';
  return {
    ...result,
    status: errorTable.INVALID_ANSWER.status,
    error: {
      code: 'INVALID_ANSWER',
      message: `The answer of tool "${tool.name}" breaks its output schema: ${reason}.`,
      ran: errorTable.INVALID_ANSWER.ran,
    },
  };
}

/** The call already has its result, so cancelling it only ends the check. */
async function checkValue(
  tool: Tool,
  schema: z.ZodType,
  { value, valueType, limits }: ExecutionResult,
  signal: AbortSignal,
): Promise<Parsed<JsonValue>> {
  const answer = valueType === 'json' ? value : undefined;
  try {
    return await inTime(tool, signal, (inner) => checkToolAnswer(schema, answer, limits.valueKb * 1024, inner));
  } catch {
    return { reason: 'the call was cancelled before it was checked' };
  }
}
