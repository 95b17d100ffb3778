import type { ErrorCode, Ran } from '../api/errors.ts';
import type { BackendName, Language } from '../api/request.ts';
import type { SandboxInfo } from '../api/result.ts';
import type { Job } from './job.ts';

/** Why a cell is no more, where that was not asked for. It becomes `result.error`. */
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
 * One isolated place that runs one job. It carries the messages of the cell protocol for that job (`cells/protocol/frame-codec`)
 * and knows nothing of their meaning; `cells/conversation/conversation` does. Disposing destroys the guest at once, whatever it does;
 * what takes longer (removing a container) goes on under the backend's care, and `Backend.close` waits for it. Disposing
 * never rejects.
 */
export interface Cell extends AsyncDisposable {
  readonly sandbox: SandboxInfo;
  /** Name of its container, or number in its host process, for events. */
  readonly id?: string | undefined;
  /** Whether it was told its job when it was leased: all but files and stdin (`cells/conversation/send-job`). */
  readonly hasJob?: boolean;
  /** Takes the one listener; what came before is delivered first. */
  listen(listener: CellListener): void;
  /** Sends one message, split into frames as needed; settles when the cell's stream takes more. Never rejects: a dead cell says so by `ended`. */
  send(kind: number, payload: Uint8Array): Promise<void>;
}

/** One line of `hotcell doctor`. */
export interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  /** What was found. */
  readonly detail: string;
  /** What to do, where the verdict is not `ok`. */
  readonly remedy?: string;
}

/** One step of {@link Backend.prepare}, as it goes. */
export interface PreparationStep {
  /** What is made ready, such as `image python`. The same name in all reports of one step. */
  readonly step: string;
  readonly state: 'running' | 'done' | 'failed';
  /** What goes on, or how it ended. */
  readonly detail: string;
}

/** Cells of one kind that wait for a job, or are being made. */
export interface PoolStats {
  /** What they are and which limits they have. */
  readonly profile: string;
  readonly ready: number;
  readonly making: number;
  /** Calls that wait for a cell. */
  readonly waiting: number;
  /** Calls a second, lately. */
  readonly rate: number;
  /** Calls that found a waiting cell, and calls that did not. */
  readonly hits: number;
  readonly misses: number;
}

/** A way to isolate. A new one implements this and nothing else changes. */
export interface Backend {
  readonly name: BackendName;
  readonly languages: readonly Language[];
  /** Jobs that may run at one time. */
  readonly slots: number;
  /** The least time that a lease is given, in milliseconds, where a cell takes long to make. Default 10 000. */
  readonly leaseMinMs?: number;
  /**
   * Whether what it stands on outside of this process answers now, in a few seconds at most, or is installed for the
   * language; a backend that stands on nothing has no such method. Never rejects.
   */
  answers?(signal: AbortSignal, language: Language): Promise<boolean>;
  /**
   * A cell for the job where one is there at once, as of {@link lease}; a backend that always has to wait has no such
   * method.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where none can be made.
   */
  leaseNow?(job: Job): Cell | undefined;
  /**
   * Makes or finds a cell for the job. The cell belongs to the caller, who disposes it exactly once.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where none can be made; `signal.reason` once `signal` is aborted.
   */
  lease(job: Job, signal: AbortSignal): Promise<Cell>;
  /**
   * Sees to it that `count` cells wait for jobs like this one from now on, and settles when they do. 0 takes that back.
   * @throws {HotcellError} `INVALID_REQUEST` where there is no room for so many, `BACKEND_UNAVAILABLE` where none can be
   * made; `signal.reason` once `signal` is aborted.
   */
  warm(job: Job, count: number, signal: AbortSignal): Promise<void>;
  /** The cells that wait, by kind. */
  pool(): readonly PoolStats[];
  /**
   * Makes what the first lease would otherwise have to make, such as images, and says so step by step.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where that cannot be done.
   */
  prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void>;
  /** What `hotcell doctor` shows of this backend; never rejects. */
  check(signal: AbortSignal): Promise<readonly Check[]>;
  /** Destroys all cells and leaves no process and no container behind. Idempotent. */
  close(): Promise<void>;
}
