import { HotcellError } from '../../contract/api/errors.ts';
import { whenAborted } from '../../support/when-aborted.ts';

/** Settings of an {@link Admission}. */
export interface AdmissionOptions {
  /** Jobs that run at one time. */
  readonly slots: number;
  /** Jobs that wait at one time, over all tenants; more are refused with `QUEUE_FULL`. */
  readonly queueLimit: number;
  /** How long a job may wait before it is refused with `QUEUE_TIMEOUT`, in milliseconds. */
  readonly queueTimeoutMs: number;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * The bounded queue in front of a backend. Tenants take turns: a tenant with a thousand waiting jobs delays another
 * tenant's first job by one job, not by a thousand.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  /** Waiting jobs by tenant. The order of the keys is the order of turns. */
  readonly #queues = new Map<string, Set<Waiter>>();
  #running = 0;
  #waiting = 0;
  #closed: HotcellError | undefined;
  /** Moving average of the time that a job holds its slot, for `retryAfterMs`. */
  #averageHoldMs = 500;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Waits for a slot. Dispose the returned object to free the slot.
   * @throws {HotcellError} `QUEUE_FULL`, `QUEUE_TIMEOUT`, `ENGINE_CLOSED`; `CANCELLED_BEFORE_START` once `signal` is
   * aborted.
   */
  async enter(tenant: string, signal: AbortSignal | undefined): Promise<Disposable> {
    if (signal?.aborted) throw cancelled(signal);
    if (this.#closed) throw this.#closed;
    if (this.#running >= this.#options.slots || this.#waiting > 0) await this.#wait(tenant, signal);
    else this.#running += 1;
    return this.#slot();
  }

  /** Refuses all waiting and all later jobs. */
  close(error: HotcellError): void {
    this.#closed = error;
    for (const queue of this.#queues.values()) for (const waiter of queue) waiter.refuse(error);
  }

  #wait(tenant: string, signal: AbortSignal | undefined): Promise<void> {
    const { queueLimit, queueTimeoutMs, slots } = this.#options;
    const retryAfterMs = Math.ceil((this.#averageHoldMs * (this.#waiting + 1)) / slots);
    if (this.#waiting >= queueLimit) {
      throw new HotcellError(
        'QUEUE_FULL',
        `The call was refused because ${this.#waiting} jobs are already waiting; try again in about ${retryAfterMs} ms.`,
        { retryAfterMs },
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const queue = this.#queues.get(tenant) ?? new Set();
    let following: Disposable | undefined;
    const leave = (): void => {
      clearTimeout(timer);
      following?.[Symbol.dispose]();
      this.#waiting -= 1;
      queue.delete(waiter);
      if (queue.size === 0) this.#queues.delete(tenant);
    };
    const waiter: Waiter = {
      admit: () => {
        leave();
        this.#running += 1;
        resolve();
      },
      refuse: (error) => {
        leave();
        reject(error);
      },
    };
    const timer = setTimeout(() => {
      const message = `The job waited ${queueTimeoutMs} ms in the queue, the longest wait allowed; try again when there is less load.`;
      waiter.refuse(new HotcellError('QUEUE_TIMEOUT', message, { retryAfterMs }));
    }, queueTimeoutMs);
    queue.add(waiter);
    this.#queues.set(tenant, queue);
    this.#waiting += 1;
    following = signal && whenAborted(signal, () => waiter.refuse(cancelled(signal)));
    return promise;
  }

  #slot(): Disposable {
    const sinceMs = performance.now();
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#averageHoldMs += (performance.now() - sinceMs - this.#averageHoldMs) * 0.1;
        this.#running -= 1;
        this.#admitNext();
      },
    };
  }

  /** Gives a free slot to the tenant whose turn it is; that tenant's next turn comes last. */
  #admitNext(): void {
    if (this.#running >= this.#options.slots) return;
    const turn = this.#queues.entries().next().value;
    if (!turn) return;
    const [tenant, queue] = turn;
    const [waiter] = queue;
    if (!waiter) return;
    this.#queues.delete(tenant);
    if (queue.size > 1) this.#queues.set(tenant, queue);
    waiter.admit();
  }
}

function cancelled(signal: AbortSignal): HotcellError {
  return new HotcellError('CANCELLED_BEFORE_START', 'The call was cancelled before its guest started.', {
    cause: signal.reason,
  });
}
