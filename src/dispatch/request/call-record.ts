import type { SandboxInfo, Timings, ToolReference } from '../../contract/api/result.ts';
import type { JobSession, SessionInfo } from '../../contract/api/session-info.ts';
import type { ExecutionContext } from '../../contract/spi/executor.ts';
import type { Job } from '../../contract/spi/job.ts';
import { newId } from '../../support/ids.ts';
import { roundMs } from '../../support/round-ms.ts';

/** The stages of a call, in order; a call that is refused skips the rest. */
type Stage = 'admitted' | 'acquired' | 'ran';

/** State of a running call: its ids, its stage, and its times. */
export class CallRecord {
  readonly id: string = newId();
  readonly startedAt: Date = new Date();
  /** The values that its caller does not choose for itself. */
  readonly context: ExecutionContext;
  readonly tool: ToolReference | undefined;
  readonly session: JobSession | undefined;
  /** State of the session after the call. */
  sessionState: SessionInfo['state'] = 'kept';
  /** Set once the request is validated. */
  job: Job | undefined;
  /** Set once the call has a cell. */
  sandbox: SandboxInfo | undefined;
  readonly #startMs: number = performance.now();
  readonly #marksMs = new Map<Stage, number>();

  constructor(context: ExecutionContext, session?: JobSession) {
    this.context = context;
    this.tool = context.tool;
    this.session = session;
  }

  /** Records that a stage is over. */
  mark(stage: Stage): void {
    this.#marksMs.set(stage, performance.now());
  }

  /** Whether guest code may have run. */
  get started(): boolean {
    return this.#marksMs.has('acquired');
  }

  /** The time of each stage so far. If the call ended early, its last stage gets the rest. */
  timings(): Timings {
    const nowMs = performance.now();
    const admittedMs = this.#marksMs.get('admitted') ?? nowMs;
    const acquiredMs = this.#marksMs.get('acquired') ?? Math.max(admittedMs, nowMs);
    const ranMs = this.#marksMs.get('ran') ?? Math.max(acquiredMs, nowMs);
    return {
      queuedMs: roundMs(admittedMs - this.#startMs),
      acquireMs: roundMs(acquiredMs - admittedMs),
      runMs: roundMs(ranMs - acquiredMs),
      settleMs: roundMs(nowMs - ranMs),
    };
  }
}
