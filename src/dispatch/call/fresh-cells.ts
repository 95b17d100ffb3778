import { HotcellError } from '../../contract/api/errors.ts';
import type { Backend, Cell } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import { followOwn } from '../../support/caller-signal.ts';
import { Deadline } from '../../support/deadline.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { Admission, type AdmissionOptions } from './admission.ts';
import type { CellSource } from './cell-source.ts';

/** Time that a job waits for its cell in addition to its `timeoutMs`, in milliseconds. */
const graceMs = 500;

/** The cells of one backend, a fresh one for each job. Jobs wait in the backend's queue. */
export class FreshCells implements CellSource {
  readonly backend: Backend;
  readonly isOver = false;
  readonly queue: Admission;
  readonly #events: EventHub;

  constructor(backend: Backend, queue: Omit<AdmissionOptions, 'slots'>, events: EventHub) {
    this.backend = backend;
    this.queue = new Admission({ ...queue, slots: backend.slots });
    this.#events = events;
  }

  enter({ tenant, signal }: Job): Promise<Disposable> {
    return this.queue.enter(tenant, signal);
  }

  take(job: Job): Cell | Promise<Cell> {
    const abort = new AbortController();
    const lease = this.backend.lease(job, abort.signal);
    // A cell that is ready needs no deadline.
    return lease instanceof Promise ? this.#await(lease, job, abort) : lease;
  }

  /** Each job has its own cell. */
  keep(): boolean {
    return false;
  }

  /** Returns a cell within the job's time; a cell that comes too late is disposed. `abort` ends the lease. */
  async #await(lease: Promise<Cell>, job: Job, abort: AbortController): Promise<Cell> {
    const budgetMs = leaseBudgetMs(job, this.backend);
    const late = (): HotcellError => {
      const message = `The ${this.backend.name} backend made no cell within ${budgetMs} ms; run "hotcell doctor".`;
      return new HotcellError('BACKEND_UNAVAILABLE', message, { retryAfterMs: 1_000 });
    };
    using deadline = new Deadline(budgetMs, late, job.signal);
    using _ = followOwn(deadline.signal, abort);
    try {
      return await deadline.race(lease, (cell) => void this.#discard(cell));
    } catch (error) {
      if (!job.signal?.aborted) throw error;
      throw new HotcellError('CANCELLED_BEFORE_START', 'The call was cancelled before its guest started.', {
        cause: error,
      });
    }
  }

  async #discard(cell: Cell): Promise<void> {
    try {
      await cell[Symbol.asyncDispose]();
    } catch (error) {
      const message = 'a cell that was ready too late could not be disposed';
      this.#events.emit?.({ type: 'engine.fault', message, error });
    }
  }
}

/**
 * How long a job waits for its cell, in milliseconds: its `timeoutMs` plus half a second, but at least the backend's
 * `leaseMs`.
 */
export function leaseBudgetMs({ limits }: Pick<Job, 'limits'>, { leaseMs }: Pick<Backend, 'leaseMs'>): number {
  return Math.max(limits.timeoutMs + graceMs, leaseMs);
}
