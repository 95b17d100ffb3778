/** Rings once after a time, which can be put off, and held while somebody else is waited for. */
export class PausableTimer {
  readonly #onTimeout: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueAt: number;
  /** What was left when it was held. */
  #leftMs: number | undefined;
  #isOver = false;

  constructor(ms: number, onTimeout: () => void) {
    this.#onTimeout = onTimeout;
    this.#dueAt = performance.now() + ms;
    this.#arm(ms);
  }

  /** Rings so much later. */
  extend(ms: number): void {
    if (this.#leftMs !== undefined) this.#leftMs += ms;
    // The timer is left as it is: when it fires, it sees that it is early.
    else this.#dueAt += ms;
  }

  /** Stands still until {@link resume}. */
  pause(): void {
    if (this.#isOver || this.#leftMs !== undefined) return;
    clearTimeout(this.#timer);
    this.#leftMs = this.#dueAt - performance.now();
  }

  resume(): void {
    if (this.#isOver || this.#leftMs === undefined) return;
    this.#dueAt = performance.now() + this.#leftMs;
    this.#arm(this.#leftMs);
    this.#leftMs = undefined;
  }

  /** Does not ring any more. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(
      () => {
        const leftMs = this.#dueAt - performance.now();
        // Timers may fire up to a millisecond early.
        if (leftMs > 1) return this.#arm(leftMs);
        this.#isOver = true;
        this.#onTimeout();
      },
      Math.max(0, ms),
    );
  }
}
