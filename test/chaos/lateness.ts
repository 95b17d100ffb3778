import type { ExecutionResult } from 'hotcell';

/** Times of a call by its caller's own clock, in milliseconds. */
export interface Observed {
  /** From the call to its result. */
  readonly wallMs: number;
  /** From the event `started` to the result, if the call was streamed and started. */
  readonly sinceStartedMs: number | undefined;
  /** From the caller's abort to the result. */
  readonly sinceAbortMs: number | undefined;
  /** Time during which the whole process could not run. */
  readonly stalledMs: number;
}

/**
 * The promise of the design and decision 0004: a cell within its own time, and the result by `timeoutMs` + 1 s after
 * `started`.
 */
const graceMs = 1_000;
const acquireGraceMs = 500;
const acquireMinMs = 10_000;

/** How much too late a result arrived, in milliseconds; 0 if it was in time. */
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
    // The times in the result must add up to the whole time.
    observed.wallMs - (queuedMs + acquireMs + runMs + settleMs),
    (observed.sinceStartedMs ?? 0) - limits.timeoutMs,
    observed.sinceAbortMs ?? 0,
  ];
  return Math.max(0, Math.max(...over) - graceMs - observed.stalledMs);
}
