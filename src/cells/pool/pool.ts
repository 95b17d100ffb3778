/**
 * Theory of operation. A pool hands out cells that were made in advance, each once. A partition holds the cells of one
 * profile. A call that finds its partition empty gets an adapted compatible cell, or waits for the next cell made for
 * its partition, no matter which call caused it; so a burst leads to cells on demand without a second path. Cells on
 * demand come before cells in advance: the latter are made a moment after an arrival, one at a time, and only while no
 * call waits. The number of cells to keep ready is planned from the arrivals (`pool-plan.ts`); without arrivals the
 * plan shrinks and surplus cells are removed. A cell that dies leaves its partition at once, and each cell must respond
 * before it is handed out.
 */

import type { PoolStats } from '../../contract/api/backend-reports.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import { abortable } from '../../support/abortable.ts';
import { type Made, PoolPartition } from './pool-partition.ts';
import { type PlanBounds, shareOut } from './pool-plan.ts';
import { type Claim, checkAlive, type PoolChange, type Pooled, type Profile } from './pool-profile.ts';

/** Settings of a pool. */
export interface PoolOptions extends PlanBounds {
  /** Most cells that are made at the same time. */
  readonly parallel: number;
  /** Cells to keep ready for each recently used profile, at any rate of calls. */
  readonly floor: number;
  /** Time in milliseconds after which a profile without calls keeps only the cells that {@link Pool.warm} asked for. */
  readonly idleMs: number;
  /** Called if a cell could not be made in advance. */
  failed(error: unknown, key: string): void;
  readonly changed?: PoolChange | undefined;
}

/** Delay between an arrival and making a cell in advance: the call has just started to run. */
const refillDelayMs = 20;
/**
 * Longest time between two checks of waiting cells; a cell that receives nothing for 2 minutes assumes that its engine
 * is gone.
 */
const lookMaxMs = 30_000;

/** See the theory of operation above. */
export class Pool<Item extends Pooled> implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #partitions = new Map<string, PoolPartition<Item>>();
  readonly #closing = new AbortController();
  readonly #makings = new Set<Promise<void>>();
  readonly #disposals = new Set<Promise<void>>();
  #refillTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * A cell of the profile, and whether it was ready. The caller owns it. An adapted cell is not claimed.
   * @throws the error of `profile.make`; `signal.reason` once `signal` is aborted; the reason of {@link close}.
   */
  async lease(
    profile: Profile<Item>,
    signal: AbortSignal,
    claim: Claim<Item> = checkAlive,
  ): Promise<{ readonly item: Item; readonly warm: boolean }> {
    signal.throwIfAborted();
    const partition = this.#partitionOf(profile);
    partition.arrivals.record();
    this.#planRefill(refillDelayMs);
    const waiting = (await this.#take(partition, signal, claim)) ?? (await this.#takeCompatible(partition, signal));
    if (!waiting) partition.misses += 1;
    else partition.hits += 1;
    return { item: waiting ?? (await this.#wait(partition, signal)), warm: waiting !== undefined };
  }

  /**
   * Keeps `count` cells of the profile ready from now on; resolves when they are ready. 0 ends this.
   * @throws {HotcellError} `INVALID_REQUEST` if the pool has no room for them; the error of `profile.make`;
   * `signal.reason` once `signal` is aborted.
   */
  async warm(profile: Profile<Item>, count: number, signal: AbortSignal): Promise<void> {
    const partition = this.#partitionOf(profile);
    this.#setFloor(partition, count);
    const missing = Math.max(0, count - partition.ready.size);
    const items = await Promise.all(Array.from({ length: missing }, () => this.#wait(partition, signal)));
    for (const item of items) this.#keep(partition, item);
    this.#planRefill(0);
  }

  stats(): PoolStats[] {
    return [...this.#partitions.values()].map((partition) => partition.stats());
  }

  /** Disposes all waiting cells, including those that {@link warm} asked for. Resolves when they are gone. */
  async drain(): Promise<void> {
    for (const partition of this.#partitions.values()) {
      partition.floor = 0;
      partition.arrivals.reset();
      for (const item of [...partition.ready]) this.#discard(partition, item);
    }
    await Promise.all(this.#disposals);
  }

  /** Rejects waiting and new calls with `reason`, and disposes all waiting cells. Idempotent. */
  async close(reason: unknown): Promise<void> {
    this.#closing.abort(reason);
    clearTimeout(this.#refillTimer);
    clearTimeout(this.#lookTimer);
    for (const partition of this.#partitions.values()) partition.refuseAll(reason);
    await this.drain();
    await Promise.all(this.#makings);
    await Promise.all(this.#disposals);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(new Error('The pool was closed.'));
  }

  /** A live cell of the partition, if there is one. */
  async #take(partition: PoolPartition<Item>, signal: AbortSignal, claim: Claim<Item>): Promise<Item | undefined> {
    for (let item = partition.take(); item; item = partition.take()) {
      const isAlive = await claim(item);
      if (isAlive && !signal.aborted && !this.#closing.signal.aborted) return item;
      this.#dispose(item);
      // The cause of one death has often killed others, and each check takes time.
      if (!isAlive) await this.#discardDead(partition);
      signal.throwIfAborted();
    }
    return undefined;
  }

  async #discardDead(partition: PoolPartition<Item>): Promise<void> {
    const items = [...partition.ready];
    const answers = await Promise.all(items.map((item) => item.isAlive()));
    for (const [index, item] of items.entries()) if (!answers[index]) this.#discard(partition, item, 'lost');
  }

  /** An adapted compatible cell, if there is one. */
  async #takeCompatible(partition: PoolPartition<Item>, signal: AbortSignal): Promise<Item | undefined> {
    const { profile } = partition;
    for (const other of this.#partitions.values()) {
      if (other === partition || other.profile.compatibilityKey !== profile.compatibilityKey) continue;
      const item = await this.#take(other, signal, checkAlive);
      if (!item) continue;
      try {
        await profile.adapt(item, signal);
        return item;
      } catch {
        // Making a new cell will report the problem, if there is one.
        this.#dispose(item);
        signal.throwIfAborted();
        return undefined;
      }
    }
    return undefined;
  }

  #setFloor(partition: PoolPartition<Item>, count: number): void {
    const before = partition.floor;
    partition.floor = count;
    const floors = [...this.#partitions.values()].map(({ floor, profile: { memoryMb } }) => ({
      rate: 0,
      makeMs: 0,
      floor,
      memoryMb,
    }));
    const shares = shareOut(floors, this.#options);
    if (floors.every(({ floor }, index) => floor === shares[index])) return;
    partition.floor = before;
    const { ceiling, memoryBudgetMb } = this.#options;
    const message =
      `The pool has no room for ${count} cells of ${partition.profile.key} in addition to its other cells: ` +
      `it holds at most ${ceiling} cells and ${memoryBudgetMb} MiB. Ask for fewer, or raise pool.ceiling or pool.memoryBudgetMb.`;
    throw new HotcellError('INVALID_REQUEST', message);
  }

  #partitionOf(profile: Profile<Item>): PoolPartition<Item> {
    this.#closing.signal.throwIfAborted();
    let partition = this.#partitions.get(profile.key);
    if (!partition) {
      partition = new PoolPartition(profile);
      this.#partitions.set(profile.key, partition);
    }
    return partition;
  }

  async #wait(partition: PoolPartition<Item>, signal: AbortSignal): Promise<Item> {
    this.#closing.signal.throwIfAborted();
    const waiter = partition.enqueue();
    this.#makeOnDemand();
    try {
      return await abortable(waiter.promise, signal);
    } catch (error) {
      // If the cell arrived at the same moment, keep it.
      if (!partition.leave(waiter)) waiter.promise.then((item) => this.#keep(partition, item)).catch(() => undefined);
      throw error;
    }
  }

  /** Starts to make cells for waiting calls, in order of arrival. */
  #makeOnDemand(): void {
    while (this.#makings.size < this.#options.parallel) {
      const [partition] = [...this.#partitions.values()]
        .filter((each) => each.unserved)
        .sort((a, b) => a.waitingSince - b.waitingSince);
      if (!partition) return;
      this.#make(partition);
    }
  }

  #make(partition: PoolPartition<Item>): void {
    const making = partition.make(this.#closing.signal).then((made) => {
      this.#makings.delete(making);
      this.#receive(partition, made);
      this.#makeOnDemand();
      this.#planRefill(0);
    });
    this.#makings.add(making);
  }

  #receive(partition: PoolPartition<Item>, made: Made<Item>): void {
    const waiter = partition.dequeue();
    if ('item' in made) {
      this.#options.changed?.('made', partition.profile.key, partition.ready.size, made.ms);
      if (waiter) waiter.resolve(made.item);
      else this.#keep(partition, made.item);
    } else if (waiter) waiter.reject(made.error);
    else if (!this.#closing.signal.aborted) this.#options.failed(made.error, partition.profile.key);
  }

  #keep(partition: PoolPartition<Item>, item: Item): void {
    partition.ready.add(item);
    this.#options.changed?.('grown', partition.profile.key, partition.ready.size, 0);
    if (this.#closing.signal.aborted) this.#discard(partition, item);
    else {
      void item.died.then(() => this.#discard(partition, item, 'lost'));
      const lookMs = Math.min(this.#options.idleMs / 4, lookMaxMs);
      this.#lookTimer ??= setInterval(() => void this.#look(), lookMs).unref();
    }
  }

  #discard(partition: PoolPartition<Item>, item: Item, why: 'shrunk' | 'lost' = 'shrunk'): void {
    if (!partition.ready.delete(item)) return;
    this.#options.changed?.(why, partition.profile.key, partition.ready.size, 0);
    this.#dispose(item);
    this.#planRefill(refillDelayMs);
  }

  #dispose(item: Item): void {
    const disposal = Promise.resolve(item[Symbol.asyncDispose]()).then(() => void this.#disposals.delete(disposal));
    this.#disposals.add(disposal);
  }

  #planRefill(delayMs: number): void {
    if (this.#refillTimer || this.#closing.signal.aborted) return;
    this.#refillTimer = setTimeout(() => {
      this.#refillTimer = undefined;
      this.#refill();
    }, delayMs).unref();
  }

  /** Makes one missing cell in advance; the next one follows when it is ready. */
  #refill(): void {
    if (this.#makings.size > 0) return;
    const shares = this.#shares();
    const poorest = [...shares].find(([partition, share]) => partition.mayRefill && partition.ready.size < share);
    if (!poorest) return;
    // A burst may come back soon, so its cells stay until their room is needed.
    if (!this.#hasRoom(poorest[0])) this.#trim(shares);
    this.#make(poorest[0]);
  }

  /** Runs periodically: removes dead cells, surplus cells and partitions of unused profiles. */
  async #look(): Promise<void> {
    await Promise.all([...this.#partitions.values()].map((partition) => this.#discardDead(partition)));
    this.#trim(this.#shares());
    for (const [key, partition] of this.#partitions) {
      if (partition.isAbandoned(this.#options.idleMs)) this.#partitions.delete(key);
    }
    this.#refill();
    if (this.#partitions.size > 0) return;
    clearInterval(this.#lookTimer);
    this.#lookTimer = undefined;
  }

  #hasRoom({ profile }: PoolPartition<Item>): boolean {
    let [cells, memoryMb] = [1, profile.memoryMb];
    for (const partition of this.#partitions.values()) {
      cells += partition.ready.size;
      memoryMb += partition.ready.size * partition.profile.memoryMb;
    }
    return cells <= this.#options.ceiling && memoryMb <= this.#options.memoryBudgetMb;
  }

  #trim(shares: ReadonlyMap<PoolPartition<Item>, number>): void {
    for (const [partition, share] of shares) {
      for (const item of [...partition.ready].slice(0, Math.max(0, partition.ready.size - share)))
        this.#discard(partition, item);
    }
  }

  /** Number of cells to keep ready in each partition, the busiest first. */
  #shares(): ReadonlyMap<PoolPartition<Item>, number> {
    const { floor, idleMs } = this.#options;
    const partitions = [...this.#partitions.values()].sort((a, b) => b.arrivals.rate - a.arrivals.rate);
    const demands = partitions.map((partition) => partition.demand(floor, idleMs));
    const shares = shareOut(demands, this.#options);
    return new Map(partitions.map((partition, index) => [partition, shares[index] ?? 0]));
  }
}
