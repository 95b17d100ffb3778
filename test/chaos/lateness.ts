import type { ExecutionResult } from 'hotcell';

/** What a caller's own clock says of a call, in milliseconds. */
export interface Observed {
  /** From the call to its result. */
  readonly wallMs: number;
  /** From the event `started` to the result, where the call was streamed and came so far. */
  readonly sinceStartedMs: number | undefined;
  /** From the caller's abort to the result. */
  readonly sinceAbortMs: number | undefined;
  /** How long the whole process was kept from running meanwhile. */
  readonly stalledMs: number;
}

/** What design and decision 0004 promise: a cell within its own time, and from `started` on the result by `timeoutMs` + 1 s. */
const graceMs = 1_000;
const acquireGraceMs = 500;
const acquireMinMs = 10_000;

/** By how much a result came later than it may, in milliseconds; 0 where it came in time. */
export function lateness(
  { timings, limits }: Pick<ExecutionResult, 'timings' | 'limits'>,
  observed: Observed,
  queueTimeoutMs: number,
): number {
  const { queuedMs, acquireMs, runMs, settleMs } = timings;
  const over = [
    queuedMs - queueTimeoutMs,
    acquireMs - Math.max(limits.timeoutMs + acquireGraceMs, acquireMinMs),
    runMs + settleMs - limits.timeoutMs,
    // What the result says of its time is all the time that there was.
    observed.wallMs - (queuedMs + acquireMs + runMs + settleMs),
    (observed.sinceStartedMs ?? 0) - limits.timeoutMs,
    observed.sinceAbortMs ?? 0,
  ];
  return Math.max(0, Math.max(...over) - graceMs - observed.stalledMs);
}
