import { whenAborted } from './when-aborted.ts';

/** Lets a bounded number through at a time, in the order of arrival. */
export class Semaphore {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(permits: number) {
    this.#free = permits;
  }

  /**
   * Waits for a place. Dispose the result to give the place back.
   * @throws `signal.reason` once `signal` is aborted.
   */
  async acquire(signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    let inside = true;
    return {
      [Symbol.dispose]: () => {
        if (inside) this.#leave();
        inside = false;
      },
    };
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    using _ = whenAborted(signal, () => {
      // A waiter that already has its place keeps it.
      if (this.#waiting.delete(resolve)) reject(signal?.reason);
    });
    await promise;
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
