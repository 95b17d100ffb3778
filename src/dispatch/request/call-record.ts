import type { SandboxInfo, Timings, ToolReference } from '../../contract/api/result.ts';
import type { JobSession, SessionInfo } from '../../contract/api/session-info.ts';
import type { ExecutionContext } from '../../contract/spi/executor.ts';
import type { Job } from '../../contract/spi/job.ts';
import { newId } from '../../support/ids.ts';
import { roundMs } from '../../support/round-ms.ts';

/** The stages of a call, in order; a call that is refused skips the rest. */
type Stage = 'admitted' | 'acquired' | 'ran';

/** What is known of a call while it is under way: who it is, how far it came, and when. */
export class CallRecord {
  readonly id: string = newId();
  readonly startedAt: Date = new Date();
  /** What its caller does not choose for itself. */
  readonly context: ExecutionContext;
  readonly tool: ToolReference | undefined;
  readonly session: JobSession | undefined;
  /** What has become of the session. */
  sessionState: SessionInfo['state'] = 'kept';
  /** Set once the request is validated. */
  job: Job | undefined;
  /** Set once a cell is there. */
  sandbox: SandboxInfo | undefined;
  readonly #startMs: number = performance.now();
  readonly #marksMs = new Map<Stage, number>();

  constructor(context: ExecutionContext, session?: JobSession) {
    this.context = context;
    this.tool = context.tool;
    this.session = session;
  }

  /** Notes that a stage is over. */
  mark(stage: Stage): void {
    this.#marksMs.set(stage, performance.now());
  }

  /** Whether guest code may have run. */
  get started(): boolean {
    return this.#marksMs.has('acquired');
  }

  /** Where the time went until now. The stage in which a call ended early has the rest of it. */
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
