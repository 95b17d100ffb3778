/**
 * Time constants, in milliseconds: the long one measures one call a second as a rate, the short one notices the start
 * of a burst.
 */
const [longMs, shortMs] = [10_000, 1_000];

/** How often calls arrived recently. */
export class ArrivalRate {
  /** Decaying counts of arrivals, with the long and the short time constant, as of `#arrivedAt`. */
  #long = 0;
  #short = 0;
  #arrivedAt: number = performance.now();

  /** Recent calls per second. A single call is not a burst. */
  get rate(): number {
    const passedMs = performance.now() - this.#arrivedAt;
    const long = this.#long * Math.exp(-passedMs / longMs);
    const short = this.#short * Math.exp(-passedMs / shortMs) - 1;
    return Math.max(long / longMs, short / shortMs) * 1_000;
  }

  record(): void {
    const now = performance.now();
    const passedMs = now - this.#arrivedAt;
    this.#long = this.#long * Math.exp(-passedMs / longMs) + 1;
    this.#short = this.#short * Math.exp(-passedMs / shortMs) + 1;
    this.#arrivedAt = now;
  }

  /** Forgets all arrivals. */
  reset(): void {
    this.#long = 0;
    this.#short = 0;
    this.#arrivedAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether no call arrived during the last `ms` milliseconds. */
  isIdle(ms: number): boolean {
    return performance.now() - this.#arrivedAt >= ms;
  }
}
