/** Fires once after a time. The time can be extended, and paused while something else is awaited. */
export class PausableTimer {
  readonly #onTimeout: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueAt: number;
  /** Time left when the timer was paused. */
  #leftMs: number | undefined;
  #isOver = false;

  constructor(ms: number, onTimeout: () => void) {
    this.#onTimeout = onTimeout;
    this.#dueAt = performance.now() + ms;
    this.#arm(ms);
  }

  /** Fires that much later. */
  extend(ms: number): void {
    if (this.#leftMs !== undefined) this.#leftMs += ms;
    // The running timer stays: it re-arms itself if it fires early.
    else this.#dueAt += ms;
  }

  /** Stops the clock until {@link resume}. */
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

  /** The timer never fires after this. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(
      () => {
        const leftMs = this.#dueAt - performance.now();
        // Node's timers may fire up to a millisecond early.
        if (leftMs > 1) return this.#arm(leftMs);
        this.#isOver = true;
        this.#onTimeout();
      },
      Math.max(0, ms),
    );
  }
}
