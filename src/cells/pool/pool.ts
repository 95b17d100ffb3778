/**
 * Theory of operation. A pool hands out cells that were made ahead, each once. A partition holds those of one profile. Whoever
 * finds its partition empty gets a compatible cell, adapted, or waits for the next one that is made for its partition,
 * whoever caused that; so a burst goes over to making cells on demand without a second path. Cells on demand come before
 * cells ahead: those are made a moment after an arrival, one at a time, and only while nobody waits. How many are to wait
 * is planned from the arrivals (`pool-plan.ts`); without arrivals the plan shrinks, and what is too many goes. A cell that
 * dies in its partition leaves it at once, and each is asked for a sign of life before it is handed out.
 */

import type { PoolStats } from '../../contract/api/backend-reports.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import { abortable } from '../../support/abortable.ts';
import { type Made, PoolPartition } from './pool-partition.ts';
import { type PlanBounds, shareOut } from './pool-plan.ts';
import { type Claim, checkAlive, type PoolChange, type Pooled, type Profile } from './pool-profile.ts';

/** How a pool is laid out. */
export interface PoolOptions extends PlanBounds {
  /** Cells made at one time. */
  readonly parallel: number;
  /** Cells that wait for each profile that was used lately, whatever the rate of its calls. */
  readonly floor: number;
  /** A profile without calls for this long keeps only what {@link Pool.warm} asked for, in milliseconds. */
  readonly idleMs: number;
  /** Hears of a cell that could not be made ahead. */
  failed(error: unknown, key: string): void;
  readonly changed?: PoolChange | undefined;
}

/** So long after an arrival nothing is made ahead: the call has just begun to run. */
const refillDelayMs = 20;
/** How often waiting cells are looked after, at the least; one that hears nothing for 2 minutes gives up its engine. */
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
   * A cell of the profile, and whether it was waiting. It belongs to the caller. One that had to be adapted is not claimed.
   * @throws what `profile.make` throws; `signal.reason` once `signal` is aborted; the reason of {@link close}.
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
   * Sees to it that `count` cells of the profile wait from now on, and settles when they do. 0 takes that back.
   * @throws {HotcellError} `INVALID_REQUEST` where the pool has no room for them; what `profile.make` throws;
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

  /** Lets all waiting cells go; those asked for with {@link warm} too. Settles when they are gone. */
  async drain(): Promise<void> {
    for (const partition of this.#partitions.values()) {
      partition.floor = 0;
      partition.arrivals.reset();
      for (const item of [...partition.ready]) this.#discard(partition, item);
    }
    await Promise.all(this.#disposals);
  }

  /** Refuses who waits and who comes with `reason`, and disposes all waiting cells. Idempotent. */
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

  /** A cell of the partition that is alive, if there is one. */
  async #take(partition: PoolPartition<Item>, signal: AbortSignal, claim: Claim<Item>): Promise<Item | undefined> {
    for (let item = partition.take(); item; item = partition.take()) {
      const isAlive = await claim(item);
      if (isAlive && !signal.aborted && !this.#closing.signal.aborted) return item;
      this.#dispose(item);
      // What killed one has often killed others, and each takes time to find out.
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

  /** a compatible cell, adapted. */
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
        // Making one says what is wrong, if anything is.
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
      `The pool has no room for ${count} cells of ${partition.profile.key} beside those of the other kinds: ` +
      `it holds ${ceiling} cells and ${memoryBudgetMb} MiB in all. Ask for fewer, or raise pool.ceiling or pool.memoryBudgetMb.`;
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
      // One that came in the same moment is not lost.
      if (!partition.leave(waiter)) waiter.promise.then((item) => this.#keep(partition, item)).catch(() => undefined);
      throw error;
    }
  }

  /** Starts what callers wait for, in the order in which they came. */
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

  /** Makes one cell ahead, where one is missing; the next follows when it is there. */
  #refill(): void {
    if (this.#makings.size > 0) return;
    const shares = this.#shares();
    const poorest = [...shares].find(([partition, share]) => partition.mayRefill && partition.ready.size < share);
    if (!poorest) return;
    // A rush that is over may come again soon, so what it left stays until it is in the way.
    if (!this.#hasRoom(poorest[0])) this.#trim(shares);
    this.#make(poorest[0]);
  }

  /** Now and then: what is dead goes, what is too much goes, and so do partitions of profiles that nobody asks for. */
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

  /** How many cells are to wait on each partition, the busiest first. */
  #shares(): ReadonlyMap<PoolPartition<Item>, number> {
    const { floor, idleMs } = this.#options;
    const partitions = [...this.#partitions.values()].sort((a, b) => b.arrivals.rate - a.arrivals.rate);
    const demands = partitions.map((partition) => partition.demand(floor, idleMs));
    const shares = shareOut(demands, this.#options);
    return new Map(partitions.map((partition, index) => [partition, shares[index] ?? 0]));
  }
}
