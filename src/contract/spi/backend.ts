import type { Check, PoolStats, PreparationStep } from '../api/backend-reports.ts';
import type { ErrorCode, Ran } from '../api/errors.ts';
import type { BackendName, Language } from '../api/request.ts';
import type { SandboxInfo } from '../api/result.ts';
import type { Job } from './job.ts';

/** Why a cell ended without a request of the engine. It becomes `result.error`. */
export interface CellEnd {
  readonly code: Extract<ErrorCode, 'CELL_LOST' | 'MEMORY_LIMIT' | 'PROTOCOL_VIOLATION' | 'WALL_TIMEOUT'>;
  readonly message: string;
  readonly ran: Ran;
}

/** Receives a cell's messages. Calls come in order; `ended` at most once, and nothing after it. */
export interface CellListener {
  /** One complete message, assembled from its frames. */
  frame(kind: number, payload: Uint8Array): void;
  ended(end: CellEnd): void;
}

/**
 * Runs one job, or the jobs of one session one after the other, isolated from everything else. It carries the messages
 * of the cell protocol (`cells/protocol/frame-codec`); `cells/conversation/conversation` interprets them. Disposing
 * destroys the guest at once, whatever it does. Slower work, such as removing a container, continues in the background,
 * and `Backend.close` waits for it. Disposing never rejects.
 */
export interface Cell extends AsyncDisposable {
  readonly sandbox: SandboxInfo;
  /** Name of its container, or its number in its host process, for events. */
  readonly id?: string | undefined;
  /** Sets the one listener; earlier messages are delivered first. */
  listen(listener: CellListener): void;
  /**
   * Sends the job, all of it except files and stdin (`cells/conversation/send-job`), unless the cell has it already.
   * Settles when the cell's stream takes more. Never rejects.
   */
  start(job: Job): Promise<void>;
  /** Sends one message, split into frames as needed; settles when the cell's stream takes more. Never rejects: a dead cell says so by `ended`. */
  send(kind: number, payload: Uint8Array): Promise<void>;
}

/** A way to isolate guest code. A new backend implements this, and nothing else changes. */
export interface Backend {
  readonly name: BackendName;
  readonly languages: readonly Language[];
  /** Jobs that can run at one time. */
  readonly slots: number;
  /**
   * How long a lease may take on a busy machine, in milliseconds. A job with a longer `timeoutMs` waits that long
   * instead.
   */
  readonly leaseMs: number;
  /** Whether its cells depend on something that can be missing: a service outside this process, or a package. */
  readonly canBeMissing: boolean;
  /**
   * Whether that is there now, for a language: a service answers within a few seconds, a package is installed. The engine
   * asks before it uses a fallback instead. Never rejects.
   */
  isAvailable(signal: AbortSignal, language: Language): Promise<boolean>;
  /**
   * Returns a cell for the job: the cell itself if one is ready, or a promise of a new one. The caller owns it and
   * disposes it exactly once. The job may be sent in advance, except a session's, because each call of a session is a
   * separate job.
   * @throws {HotcellError} at once or as a rejection: `BACKEND_UNAVAILABLE` if no cell can be made; `signal.reason`
   * once `signal` is aborted.
   */
  lease(job: Job, signal: AbortSignal): Cell | Promise<Cell>;
  /**
   * From now on keeps `count` cells waiting for jobs like this one; settles when they wait. 0 cancels that.
   * @throws {HotcellError} `INVALID_REQUEST` if there is no room for that many, `BACKEND_UNAVAILABLE` if no cell can be
   * made; `signal.reason` once `signal` is aborted.
   */
  warm(job: Job, count: number, signal: AbortSignal): Promise<void>;
  /** Waiting cells, by kind. */
  pool(): readonly PoolStats[];
  /**
   * Does in advance the work that the first lease would do, such as building images, and reports it step by step.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` if it fails.
   */
  prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void>;
  /** The checks of this backend for `hotcell doctor`. Never rejects. */
  check(signal: AbortSignal): Promise<readonly Check[]>;
  /** Destroys all cells and leaves no process and no container behind. Idempotent. */
  close(): Promise<void>;
}
