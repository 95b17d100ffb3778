import type { HostTool } from '../contract/host-tool.ts';
import { describeIssues, printable } from '../contract/issues.ts';
import type { Job } from '../contract/job.ts';
import type { JsonValue } from '../contract/json.ts';
import { NotJsonError, parseJson, serialiseJson } from '../contract/json-text.ts';
import type { ToolErrorCode } from '../contract/tool-errors.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { Deadline } from '../support/deadline.ts';
import { untilAborted } from '../support/until-aborted.ts';

/** Why a call failed, for the guest; the message is not yet redacted. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
  readonly code: ToolErrorCode;

  constructor(code: ToolErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** What was thrown, as a failure; what a tool throws is its own. */
  static of(error: unknown): ToolFailure {
    if (error instanceof ToolFailure) return error;
    return new ToolFailure('TOOL_FAILED', error instanceof Error ? error.message : String(error));
  }
}

/** What a call needs of its job. */
export interface CallSurroundings {
  readonly job: Job;
  readonly redactor: Redactor;
  /** Counts a call against the tool's `maxCalls`; whether one was left. */
  admit(): boolean;
}

/**
 * One call from the guest's text to the answer's: found, parsed, redacted, checked, counted, approved, run, checked and
 * redacted again.
 * @throws {ToolFailure} and whatever the tool's own functions throw
 */
export async function runHostTool(
  { job, redactor, admit }: CallSurroundings,
  name: string,
  inputText: string,
  over: AbortSignal,
): Promise<string> {
  const tool = job.tools.get(name);
  if (!tool) throw new ToolFailure('UNKNOWN_TOOL', `There is no tool "${printable(name)}".`);

  const input = await checkInput(name, tool, redactor.value('tool-input', readInput(name, inputText)));
  if (!admit())
    throw new ToolFailure('CALL_LIMIT', `The calls of tool "${name}" are used up: it allows ${tool.maxCalls}.`);
  await passApproval(job, name, tool, input, over);

  const answer = await runInTime(job, name, tool, input, over);
  const text = checkSize(name, await readAnswer(name, tool, answer), job);
  // Once more: a marker may be longer than what it stands for.
  return checkSize(name, JSON.stringify(redactor.value('tool-answer', JSON.parse(text) as JsonValue)), job);
}

function readInput(name: string, text: string): JsonValue {
  const input = parseJson(text);
  if (input === undefined) {
    throw new ToolFailure('INVALID_ARGUMENTS', `The input of tool "${name}" is not JSON, or nested too deep.`);
  }
  // In the hands of a tool that copies its input by assignment, it would become a prototype.
  if (/__proto__|\\u005f/i.test(text) && hasProto(input)) {
    throw new ToolFailure('INVALID_ARGUMENTS', `The input of tool "${name}" must not have the name "__proto__".`);
  }
  return input;
}

function hasProto(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}

async function checkInput(name: string, tool: HostTool, input: JsonValue): Promise<unknown> {
  const checked = await tool.input.safeParseAsync(input);
  if (checked.success) return checked.data;
  const reasons = describeIssues(checked.error);
  throw new ToolFailure('INVALID_ARGUMENTS', `The input of tool "${name}" is invalid: ${reasons}.`);
}

async function passApproval(job: Job, name: string, tool: HostTool, input: unknown, over: AbortSignal): Promise<void> {
  if (!tool.approve) return;
  const call = { tool: name, input, jobId: job.id, tenant: job.tenant, signal: over };
  const approval: unknown = await unlessOver(() => tool.approve?.(call), name, over);
  if (approval === true) return;
  const reason = typeof approval === 'string' && approval !== '' ? `: ${approval}` : '.';
  throw new ToolFailure('PERMISSION_DENIED', `The call of tool "${name}" was refused${reason}`);
}

async function runInTime(job: Job, name: string, tool: HostTool, input: unknown, over: AbortSignal): Promise<unknown> {
  const { timeoutMs } = tool;
  const late = (): Error => new ToolFailure('TOOL_TIMEOUT', `Tool "${name}" took longer than ${timeoutMs} ms.`);
  // Without a time of its own it has the job's, which `over` ends.
  using deadline = timeoutMs === undefined ? undefined : new Deadline(timeoutMs, late, over);
  const signal = deadline?.signal ?? over;
  const context = { jobId: job.id, tenant: job.tenant, signal };
  return await unlessOver(() => tool.run(input, context), name, over, signal);
}

/** Starts the work unless the job is over, and waits for it until `signal` is aborted. */
async function unlessOver<T>(
  work: () => T | Promise<T>,
  name: string,
  over: AbortSignal,
  signal: AbortSignal = over,
): Promise<T> {
  try {
    over.throwIfAborted();
    return await untilAborted(Promise.try(work), signal);
  } catch (error) {
    if (!over.aborted) throw error;
    throw new ToolFailure('CANCELLED', `The job ended while tool "${name}" was called.`);
  }
}

/** The answer as JSON text, checked by its schema. */
async function readAnswer(name: string, tool: HostTool, answer: unknown): Promise<string> {
  const checked = tool.output ? await tool.output.safeParseAsync(answer) : { success: true as const, data: answer };
  if (!checked.success) throw invalidAnswer(name, describeIssues(checked.error));
  try {
    return serialiseJson(checked.data, 'it', Number.POSITIVE_INFINITY);
  } catch (error) {
    if (error instanceof NotJsonError) throw invalidAnswer(name, error.message);
    throw error;
  }
}

function invalidAnswer(name: string, reason: string): ToolFailure {
  return new ToolFailure('INVALID_ANSWER', `The answer of tool "${name}" is invalid: ${reason}.`);
}

function checkSize(name: string, text: string, { limits }: Job): string {
  if (Buffer.byteLength(text) <= limits.valueKb * 1024) return text;
  const message = `The answer of tool "${name}" is larger than limits.valueKb = ${limits.valueKb} KiB.`;
  throw new ToolFailure('VALUE_LIMIT', message);
}
