import { ArrivalRate } from '../../cells/pool/arrival-rate.ts';
import { cellsFor } from '../../cells/pool/pool-plan.ts';

/** A host is started so long after it was found to be missing: that takes a core for 100 ms, and a call has just begun. */
export const spareDelayMs = 50;
/** How much of the latest start goes into the average. */
const startWeight = 0.2;

/** How many hosts are to wait for a tenant, by how often one comes and how long a host takes to start. */
export class SpareDemand {
  readonly #floor: number;
  readonly #bindings = new ArrivalRate();
  #startMs = 100;
  #hits = 0;
  #misses = 0;
  /** Hosts that are to wait because somebody asked for them. */
  asked = 0;

  /** `floor` hosts wait however seldom tenants come; with 0, only those that were asked for. */
  constructor(floor: number) {
    this.#floor = floor;
  }

  get wanted(): number {
    if (this.#floor === 0) return this.asked;
    const { rate } = this.#bindings;
    return Math.max(cellsFor({ rate, makeMs: this.#startMs + spareDelayMs, floor: this.#floor }), this.asked);
  }

  /** A tenant was given a host, which was up already or was not. */
  bound(isReady: boolean): void {
    this.#bindings.record();
    if (isReady) this.#hits += 1;
    else this.#misses += 1;
  }

  /** A host took so long to start. */
  started(ms: number): void {
    this.#startMs += (ms - this.#startMs) * startWeight;
  }

  get stats(): { readonly rate: number; readonly hits: number; readonly misses: number } {
    return { rate: this.#bindings.rate, hits: this.#hits, misses: this.#misses };
  }
}
