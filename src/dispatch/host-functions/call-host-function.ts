import type { HostFunction } from '../../contract/api/host-function.ts';
import type { ToolErrorCode } from '../../contract/api/tool-errors.ts';
import { printable } from '../../contract/schema/issues.ts';
import type { JsonValue } from '../../contract/schema/json.ts';
import { parseJson } from '../../contract/schema/json-text.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { awaitCallerPromise, isInstance } from '../../support/caller-values.ts';
import { checkToolAnswer, checkToolInput } from '../../support/check-tool-value.ts';
import { Deadline } from '../../support/deadline.ts';
import { lendSignal } from '../../support/lend-signal.ts';

/** Why a call failed, for the guest. The message is not redacted yet. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
  readonly code: ToolErrorCode;

  constructor(code: ToolErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** A thrown value as a failure. Errors of the tool itself become `TOOL_FAILED`. */
  static of(error: unknown): ToolFailure {
    if (isInstance(error, ToolFailure)) return error;
    return new ToolFailure('TOOL_FAILED', textOfThrown(error));
  }
}

/** The parts of a job that a call needs. */
export interface ToolCallContext {
  readonly job: Job;
  readonly redactor: Redactor;
  /** Counts a call against the tool's `maxCalls`; returns whether it is allowed. */
  admit(): boolean;
}

/**
 * Runs one call from the guest's text to the answer's text: finds the tool; parses, redacts and checks the input;
 * counts, approves and runs the call; checks and redacts the answer.
 * @throws {ToolFailure}; {CallerError} if the tool's own functions throw
 */
export async function callHostFunction(
  { job, redactor, admit }: ToolCallContext,
  name: string,
  inputText: string,
  jobSignal: AbortSignal,
): Promise<string> {
  const tool = job.tools.get(name);
  if (!tool) throw new ToolFailure('UNKNOWN_TOOL', `There is no tool "${printable(name)}".`);

  const given = redactor.value('tool-input', readInput(name, inputText));
  const checked = await unlessEnded(() => checkToolInput(tool.input, given, jobSignal), name, jobSignal);
  if (checked.reason !== undefined)
    throw new ToolFailure('INVALID_ARGUMENTS', `The input of tool "${name}" is invalid: ${checked.reason}.`);
  const input = checked.data;
  if (!admit())
    throw new ToolFailure('CALL_LIMIT', `The calls of tool "${name}" are used up: it allows ${tool.maxCalls}.`);
  await passApproval(job, name, tool, input, jobSignal);

  const answer = await runInTime(job, name, tool, input, jobSignal);
  const json = await readAnswer(name, tool, answer, job, jobSignal);
  checkSize(name, JSON.stringify(json), job);
  // Checked again, because a redaction marker may be longer than the text that it replaces.
  return checkSize(name, JSON.stringify(redactor.value('tool-answer', json)), job);
}

function readInput(name: string, text: string): JsonValue {
  const input = parseJson(text);
  if (input === undefined) {
    throw new ToolFailure('INVALID_ARGUMENTS', `The input of tool "${name}" is not JSON or is nested too deeply.`);
  }
  // A tool that copies its input by assignment would set a prototype with it.
  if (/__proto__|\\u005f/i.test(text) && hasProto(input)) {
    throw new ToolFailure('INVALID_ARGUMENTS', `The input of tool "${name}" must not have the name "__proto__".`);
  }
  return input;
}

function hasProto(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}

async function passApproval(
  job: Job,
  name: string,
  tool: HostFunction,
  input: unknown,
  jobSignal: AbortSignal,
): Promise<void> {
  if (!tool.approve) return;
  const call = { tool: name, input, jobId: job.id, tenant: job.tenant, signal: lendSignal(jobSignal) };
  const ask = (): unknown => tool.approve?.(call);
  const approval = await unlessEnded(() => awaitCallerPromise(ask, jobSignal), name, jobSignal);
  if (approval === true) return;
  const reason = typeof approval === 'string' && approval !== '' ? `: ${approval}` : '.';
  throw new ToolFailure('PERMISSION_DENIED', `The call of tool "${name}" was refused${reason}`);
}

async function runInTime(
  job: Job,
  name: string,
  tool: HostFunction,
  input: unknown,
  jobSignal: AbortSignal,
): Promise<unknown> {
  const { timeoutMs } = tool;
  const late = (): Error => new ToolFailure('TOOL_TIMEOUT', `Tool "${name}" took longer than ${timeoutMs} ms.`);
  // Without its own timeout the call ends with the job, by `jobSignal`.
  using deadline = timeoutMs === undefined ? undefined : new Deadline(timeoutMs, late, jobSignal);
  const signal = deadline?.signal ?? jobSignal;
  const context = { jobId: job.id, tenant: job.tenant, signal: lendSignal(signal) };
  return await unlessEnded(() => awaitCallerPromise(() => tool.run(input, context), signal), name, jobSignal);
}

/** Does the work unless the job is over; what goes wrong because the job ends is one failure. */
async function unlessEnded<T>(work: () => Promise<T>, name: string, jobSignal: AbortSignal): Promise<T> {
  try {
    jobSignal.throwIfAborted();
    return await work();
  } catch (error) {
    if (!jobSignal.aborted) throw error;
    throw new ToolFailure('CANCELLED', `The job ended while tool "${name}" was running.`);
  }
}

/** The answer as JSON, checked by its schema. */
async function readAnswer(
  name: string,
  tool: HostFunction,
  answer: unknown,
  job: Job,
  jobSignal: AbortSignal,
): Promise<JsonValue> {
  const maxBytes = job.limits.valueKb * 1024;
  const check = (): ReturnType<typeof checkToolAnswer> => checkToolAnswer(tool.output, answer, maxBytes, jobSignal);
  const checked = await unlessEnded(check, name, jobSignal);
  if (checked.reason === undefined) return checked.data;
  if (checked.isTooLong) throw tooLarge(name, job);
  throw new ToolFailure('INVALID_ANSWER', `The answer of tool "${name}" is invalid: ${checked.reason}.`);
}

function checkSize(name: string, text: string, job: Job): string {
  if (Buffer.byteLength(text) <= job.limits.valueKb * 1024) return text;
  throw tooLarge(name, job);
}

function tooLarge(name: string, { limits }: Job): ToolFailure {
  const message = `The answer of tool "${name}" is larger than limits.valueKb = ${limits.valueKb} KiB.`;
  return new ToolFailure('VALUE_LIMIT', message);
}
