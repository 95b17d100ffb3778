/** Time constants, in milliseconds: the long one sees one call a second as a rate, the short one sees a rush begin. */
const [longMs, shortMs] = [10_000, 1_000];

/** How often calls came lately. */
export class ArrivalRate {
  /** Arrivals that fade with the long and with the short time constant, as of `#arrivedAt`. */
  #long = 0;
  #short = 0;
  #arrivedAt: number = performance.now();

  /** Calls a second, lately. One call alone is no rush. */
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

  /** Forgets that calls came. */
  reset(): void {
    this.#long = 0;
    this.#short = 0;
    this.#arrivedAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether no call came for so long. */
  isIdle(ms: number): boolean {
    return performance.now() - this.#arrivedAt >= ms;
  }
}
