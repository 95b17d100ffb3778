import type { PoolStats } from '../../contract/api/backend-reports.ts';
import { ArrivalRate } from './arrival-rate.ts';
import type { Demand } from './pool-plan.ts';
import type { Pooled, Profile } from './pool-profile.ts';

/** The result of making a cell. */
export type Made<Item> = { readonly item: Item; readonly ms: number } | { readonly error: unknown };

/** A call that waits for a cell. */
export type Waiter<Item> = PromiseWithResolvers<Item> & { readonly since: number };

/** Weight of the latest duration in the average. */
const makeWeight = 0.2;
/** Pause after a failure before a cell is made in advance, in milliseconds; doubled with each further failure. */
const retryMs = 1_000;
const retryMaxMs = 60_000;

/** The cells of one profile: the ready ones, those in the making, and the calls that wait for them. */
export class PoolPartition<Item extends Pooled> {
  readonly profile: Profile<Item>;
  readonly ready: Set<Item> = new Set();
  /** Number of cells to keep ready in any case. */
  floor = 0;
  hits = 0;
  misses = 0;
  readonly arrivals: ArrivalRate = new ArrivalRate();
  readonly #waiters = new Set<Waiter<Item>>();
  #making = 0;
  #makeMs = 200;
  #failures = 0;
  #failedAt = 0;

  constructor(profile: Profile<Item>) {
    this.profile = profile;
  }

  /** Whether a call waits and no cell is being made for it. */
  get unserved(): boolean {
    return this.#waiters.size > this.#making;
  }

  get waitingSince(): number {
    const [first] = this.#waiters;
    return first?.since ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a cell may be made in advance now: no call waits, and no recent attempt failed. */
  get mayRefill(): boolean {
    if (this.#waiters.size > 0) return false;
    if (this.#failures === 0) return true;
    const pauseMs = Math.min(retryMs * 2 ** (this.#failures - 1), retryMaxMs);
    return performance.now() - this.#failedAt >= pauseMs;
  }

  /** The newest cell, which is the most likely to be alive. */
  take(): Item | undefined {
    const item = [...this.ready].at(-1);
    if (item) this.ready.delete(item);
    return item;
  }

  enqueue(): Waiter<Item> {
    const waiter = { ...Promise.withResolvers<Item>(), since: performance.now() };
    this.#waiters.add(waiter);
    return waiter;
  }

  dequeue(): Waiter<Item> | undefined {
    const [first] = this.#waiters;
    if (first) this.#waiters.delete(first);
    return first;
  }

  /** Returns whether the call was still waiting. */
  leave(waiter: Waiter<Item>): boolean {
    return this.#waiters.delete(waiter);
  }

  refuseAll(reason: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(reason);
    this.#waiters.clear();
  }

  /** Makes one cell. Never rejects. */
  async make(signal: AbortSignal): Promise<Made<Item>> {
    this.#making += 1;
    const startedAt = performance.now();
    try {
      const item = await this.profile.make(signal);
      const ms = performance.now() - startedAt;
      this.#makeMs += (ms - this.#makeMs) * makeWeight;
      this.#failures = 0;
      return { item, ms };
    } catch (error) {
      this.#failures += 1;
      this.#failedAt = performance.now();
      return { error };
    } finally {
      this.#making -= 1;
    }
  }

  /** The partition's demand: only its floor if no call arrived for `idleMs`. */
  demand(floorInUse: number, idleMs: number): Demand {
    const { memoryMb } = this.profile;
    const makeMs = this.#makeMs;
    if (this.arrivals.isIdle(idleMs)) return { rate: 0, makeMs, floor: this.floor, memoryMb };
    return { rate: this.arrivals.rate, makeMs, floor: Math.max(this.floor, floorInUse), memoryMb };
  }

  /** Whether the partition has no cells, no waiting calls, no floor and no recent arrivals. */
  isAbandoned(idleMs: number): boolean {
    const isEmpty = this.ready.size === 0 && this.#making === 0 && this.#waiters.size === 0;
    return isEmpty && this.floor === 0 && this.arrivals.isIdle(idleMs);
  }

  stats(): PoolStats {
    return {
      profile: this.profile.key,
      ready: this.ready.size,
      making: this.#making,
      waiting: this.#waiters.size,
      rate: this.arrivals.rate,
      hits: this.hits,
      misses: this.misses,
    };
  }
}
