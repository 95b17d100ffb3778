import type { ConversationEnd } from '../../cells/conversation/conversation.ts';
import type { Verdict } from '../../cells/protocol/messages.ts';
import { type ErrorCode, errorTable, type Ran } from '../../contract/api/errors.ts';
import { outputFloodFactor } from '../../contract/api/limits.ts';
import type { SessionInfo } from '../../contract/api/session-info.ts';
import type { Job } from '../../contract/spi/job.ts';

/** Why a job did not succeed, before redaction. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly name?: string | undefined;
  readonly stack?: string | undefined;
  readonly line?: number | undefined;
  readonly ran: Ran;
}

/**
 * Decides what a conversation's end means, and says what it means for the job's session; `undefined` is success. An exit
 * code says little: its message has the last line of `stderr` too.
 */
export function classifyOutcome(
  end: ConversationEnd,
  job: Job,
  session: SessionInfo['state'] = 'kept',
  stderr: string = '',
): Failure | undefined {
  const failure = classifyEnd(end, job, stderr);
  if (!failure || !job.session) return failure;
  const isKept = session === 'kept';
  if (isKept && !interrupted.has(failure.code)) return failure;
  const sequel = isKept ? 'Its session continues.' : 'The state of its session is lost.';
  return { ...failure, message: `${failure.message} ${sequel}` };
}

/** Ends that hotcell causes. */
const interrupted: ReadonlySet<ErrorCode> = new Set(['WALL_TIMEOUT', 'CPU_TIMEOUT', 'OUTPUT_LIMIT', 'CANCELLED']);

function classifyEnd(end: ConversationEnd, job: Job, stderr: string): Failure | undefined {
  if (end.refusal) return fail(end.refusal.code, end.refusal.message, end.refusal.ran);
  if (end.stopped === 'cancelled') return fail('CANCELLED', cancelMessage(job));
  if (end.stopped === 'output') return fail('OUTPUT_LIMIT', limitMessage('OUTPUT_LIMIT', job));
  // A job that ended by itself while it was asked to stop is not a timeout; the verdict has the true reason.
  if (end.verdict) return classifyVerdict(end.verdict, job, stderr);
  if (end.end) return fail(end.end.code, end.end.message, end.end.ran);
  return fail('WALL_TIMEOUT', silenceMessage(job), 'unknown');
}

function classifyVerdict(verdict: Verdict, job: Job, stderr: string): Failure | undefined {
  switch (verdict.end) {
    case 'completed':
      return undefined;
    case 'exited':
      if (verdict.exitCode === 0) return undefined;
      return fail('NONZERO_EXIT', exitMessage(verdict, stderr));
    case 'signalled':
      return fail(
        'GUEST_SIGNALLED',
        `The guest was ended by ${verdict.signal ?? 'a signal'}, which hotcell did not send.`,
      );
    case 'threw':
      return { code: 'GUEST_ERROR', ran: 'yes', ...(verdict.error ?? { message: 'The guest threw.' }) };
    case 'no-answer':
      return fail('NO_ANSWER', verdict.error?.message ?? errorTable.NO_ANSWER.description);
    case 'unsettled':
      return { ...fail('UNSETTLED', errorTable.UNSETTLED.description), ...verdict.error };
    case 'wall':
      return { ...verdict.error, ...fail('WALL_TIMEOUT', wallMessage(verdict, job)) };
    case 'cpu':
      return { ...verdict.error, ...fail('CPU_TIMEOUT', limitMessage('CPU_TIMEOUT', job)) };
    case 'memory':
      return { ...verdict.error, ...fail('MEMORY_LIMIT', memoryMessage(verdict, job)) };
    case 'output':
      return fail('OUTPUT_LIMIT', limitMessage('OUTPUT_LIMIT', job));
    case 'value':
      return fail('VALUE_LIMIT', limitMessage('VALUE_LIMIT', job));
    case 'cancelled':
      return fail('CANCELLED', cancelMessage(job));
    case 'fault':
      return fail('INTERNAL_ERROR', verdict.error?.message ?? 'The cell failed.');
  }
}

function fail(code: ErrorCode, message: string, ran: Ran = errorTable[code].ran): Failure {
  return { code, message, ran };
}

function cancelMessage(job: Job): string {
  const reason: unknown = job.signal?.reason;
  // The reason of a plain `abort()` adds nothing to "cancelled".
  const why = reason instanceof Error && reason.name !== 'AbortError' ? `: ${reason.message}` : '.';
  return `The call was cancelled while its guest was running${why}`;
}

/** Cells stop their guests themselves, so a silent cell may be stuck or just disconnected. */
function silenceMessage({ limits }: Job): string {
  return (
    `The cell was abandoned because it sent no verdict within limits.timeoutMs = ${limits.timeoutMs} ms and the grace period; ` +
    'it is not known whether the guest finished.'
  );
}

/** The processor time shows whether a guest waited, or got no processor, instead of running. */
function wallMessage({ usage: { cpuMs } }: Verdict, { limits }: Job): string {
  return (
    `The guest was stopped because it had not ended after limits.timeoutMs = ${limits.timeoutMs} ms; ` +
    `it had used ${Math.round(cpuMs)} ms of processor time by then.`
  );
}

/** Characters of the last line of stderr in a message. */
const lastLineMax = 500;

function exitMessage({ exitCode }: Verdict, stderr: string): string {
  const message = `The guest exited with code ${exitCode ?? 'unknown'}.`;
  const lastLine = stderr.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return lastLine === '' ? message : `${message} The last line of its stderr: ${lastLine.slice(0, lastLineMax)}`;
}

function memoryMessage({ usage: { peakMemoryBytes } }: Verdict, { limits }: Job): string {
  const message = `The guest was stopped because it needed more memory than limits.memoryMb = ${limits.memoryMb} MiB`;
  return peakMemoryBytes > 0
    ? `${message}; it held ${Math.round(peakMemoryBytes / 1_048_576)} MiB at most.`
    : `${message}.`;
}

type LimitCode = 'CPU_TIMEOUT' | 'OUTPUT_LIMIT' | 'VALUE_LIMIT';

function limitMessage(code: LimitCode, { limits }: Job): string {
  switch (code) {
    case 'CPU_TIMEOUT':
      return `The guest was stopped because it used more processor time than limits.cpuMs = ${limits.cpuMs} ms.`;
    case 'OUTPUT_LIMIT':
      return `The guest was stopped because it wrote more than ${outputFloodFactor} times limits.outputKb = ${limits.outputKb} KiB to one stream.`;
    case 'VALUE_LIMIT':
      return `The value was dropped because it is larger than limits.valueKb = ${limits.valueKb} KiB; return less, or write a file under output/.`;
  }
}
