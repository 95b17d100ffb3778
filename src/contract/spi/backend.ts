import type { Check, PoolStats, PreparationStep } from '../api/backend-reports.ts';
import type { ErrorCode, Ran } from '../api/errors.ts';
import type { BackendName, Language } from '../api/request.ts';
import type { SandboxInfo } from '../api/result.ts';
import type { Job } from './job.ts';

/** Why a cell ended although the engine did not ask for it. It becomes `result.error`. */
export interface CellEnd {
  readonly code: Extract<ErrorCode, 'CELL_LOST' | 'MEMORY_LIMIT' | 'PROTOCOL_VIOLATION' | 'WALL_TIMEOUT'>;
  readonly message: string;
  readonly ran: Ran;
}

/** Receives what a cell says. Calls come in order; `ended` at most once, and nothing after it. */
export interface CellListener {
  /** One whole message, its continuation frames put together. */
  frame(kind: number, payload: Uint8Array): void;
  ended(end: CellEnd): void;
}

/**
 * One isolated place that runs one job, or the jobs of one session one after the other. It carries the messages of the
 * cell protocol (`cells/protocol/frame-codec`); `cells/conversation/conversation` knows what they mean. Disposing destroys
 * the guest at once, whatever it does; what takes longer (removing a container) goes on under the backend's care, and
 * `Backend.close` waits for it. Disposing never rejects.
 */
export interface Cell extends AsyncDisposable {
  readonly sandbox: SandboxInfo;
  /** Name of its container, or number in its host process, for events. */
  readonly id?: string | undefined;
  /** Takes the one listener; what came before is delivered first. */
  listen(listener: CellListener): void;
  /**
   * Sends the job, all of it except files and stdin (`cells/conversation/send-job`), unless the cell has it already.
   * Settles when the cell's stream takes more. Never rejects.
   */
  start(job: Job): Promise<void>;
  /** Sends one message, split into frames as needed; settles when the cell's stream takes more. Never rejects: a dead cell says so by `ended`. */
  send(kind: number, payload: Uint8Array): Promise<void>;
}

/** A way to isolate guest code. A new one implements this, and nothing else changes. */
export interface Backend {
  readonly name: BackendName;
  readonly languages: readonly Language[];
  /** Jobs that can run at one time. */
  readonly slots: number;
  /** How long a lease may take on a busy machine, in milliseconds. A job with a longer `timeoutMs` waits that long. */
  readonly leaseMs: number;
  /**
   * Whether the service that it needs, such as a Docker engine, answers within a few seconds. The engine asks before it
   * uses a fallback in its place. Never rejects.
   */
  isAvailable(signal: AbortSignal): Promise<boolean>;
  /**
   * A cell for the job: the cell itself if one is ready, or a promise of one that is made. It belongs to the caller, who
   * disposes it exactly once. The job may be sent ahead, except that of a session: each call of it is a job of its own.
   * @throws {HotcellError} at once or as a rejection: `BACKEND_UNAVAILABLE` if no cell can be made; `signal.reason` once
   * `signal` is aborted.
   */
  lease(job: Job, signal: AbortSignal): Cell | Promise<Cell>;
  /**
   * Has `count` cells wait for jobs like this one from now on, and settles when they do. 0 takes that back.
   * @throws {HotcellError} `INVALID_REQUEST` if there is no room for so many, `BACKEND_UNAVAILABLE` if none can be made;
   * `signal.reason` once `signal` is aborted.
   */
  warm(job: Job, count: number, signal: AbortSignal): Promise<void>;
  /** The cells that wait, by kind. */
  pool(): readonly PoolStats[];
  /**
   * Makes what the first lease would otherwise have to make, such as images, and reports it step by step.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` if it fails.
   */
  prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void>;
  /** What `hotcell doctor` shows of this backend; never rejects. */
  check(signal: AbortSignal): Promise<readonly Check[]>;
  /** Destroys all cells and leaves no process and no container behind. Idempotent. */
  close(): Promise<void>;
}
