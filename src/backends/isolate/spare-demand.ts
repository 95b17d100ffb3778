import { ArrivalRate } from '../../cells/pool/arrival-rate.ts';
import { cellsFor } from '../../cells/pool/pool-plan.ts';

/**
 * Delay before a missing host is started, in milliseconds. A start uses a core for 100 ms, and a call has just started.
 */
export const spareDelayMs = 50;
/** Weight of the latest start in the average. */
const startWeight = 0.2;

/** Number of hosts that should wait for a tenant, by how often tenants arrive and how long a host takes to start. */
export class SpareDemand {
  readonly #floor: number;
  readonly #bindings = new ArrivalRate();
  #startMs = 100;
  #hits = 0;
  #misses = 0;
  /** Hosts that `warm` asked for. */
  asked = 0;

  /** `floor` hosts wait at any rate of tenants; with 0, only those that `warm` asked for. */
  constructor(floor: number) {
    this.#floor = floor;
  }

  get wanted(): number {
    if (this.#floor === 0) return this.asked;
    const { rate } = this.#bindings;
    return Math.max(cellsFor({ rate, makeMs: this.#startMs + spareDelayMs, floor: this.#floor }), this.asked);
  }

  /** Records that a tenant got a host, and whether the host was ready. */
  bound(isReady: boolean): void {
    this.#bindings.record();
    if (isReady) this.#hits += 1;
    else this.#misses += 1;
  }

  /** Records the time that a host took to start, in milliseconds. */
  started(ms: number): void {
    this.#startMs += (ms - this.#startMs) * startWeight;
  }

  get stats(): { readonly rate: number; readonly hits: number; readonly misses: number } {
    return { rate: this.#bindings.rate, hits: this.#hits, misses: this.#misses };
  }
}
