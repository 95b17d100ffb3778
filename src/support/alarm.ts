/** Rings once after a time, which can be put off, and held while somebody else is waited for. */
export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueAt: number;
  /** What was left when it was held. */
  #leftMs: number | undefined;
  #isOver = false;

  constructor(ms: number, ring: () => void) {
    this.#ring = ring;
    this.#dueAt = performance.now() + ms;
    this.#arm(ms);
  }

  /** Rings so much later. */
  putOff(ms: number): void {
    if (this.#leftMs !== undefined) this.#leftMs += ms;
    // The timer is left as it is: when it fires, it sees that it is early.
    else this.#dueAt += ms;
  }

  /** Stands still until {@link go}. */
  hold(): void {
    if (this.#isOver || this.#leftMs !== undefined) return;
    clearTimeout(this.#timer);
    this.#leftMs = this.#dueAt - performance.now();
  }

  go(): void {
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
        this.#ring();
      },
      Math.max(0, ms),
    );
  }
}
