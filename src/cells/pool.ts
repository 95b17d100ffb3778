/**
 * Theory of operation. A pool hands out cells that were made ahead, each once. A shelf holds those of one profile. Whoever
 * finds its shelf empty gets a cell of the same family, adapted, or waits for the next one that is made for its shelf,
 * whoever caused that; so a burst goes over to making cells on demand without a second path. Cells on demand come before
 * cells ahead: those are made a moment after an arrival, one at a time, and only while nobody waits. How many are to wait
 * is planned from the arrivals (`pool-plan.ts`); without arrivals the plan shrinks, and what is too many goes. A cell that
 * dies on its shelf leaves it at once, and each is asked for a sign of life before it is handed out.
 */
import type { PoolStats } from '../contract/backend.ts';
import { HotcellError } from '../contract/errors.ts';
import { untilAborted } from '../support/until-aborted.ts';
import { type PlanBounds, shareOut } from './pool-plan.ts';
import { askForLife, type Claim, type PoolChange, type Pooled, type Profile } from './pool-profile.ts';
import { type Made, Shelf } from './pool-shelf.ts';

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
  readonly #shelves = new Map<string, Shelf<Item>>();
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
    claim: Claim<Item> = askForLife,
  ): Promise<{ readonly item: Item; readonly warm: boolean }> {
    signal.throwIfAborted();
    const shelf = this.#shelfOf(profile);
    shelf.arrivals.arrive();
    this.#planRefill(refillDelayMs);
    const waiting = (await this.#take(shelf, signal, claim)) ?? (await this.#takeKin(shelf, signal));
    if (!waiting) shelf.misses += 1;
    else shelf.hits += 1;
    return { item: waiting ?? (await this.#wait(shelf, signal)), warm: waiting !== undefined };
  }

  /**
   * Sees to it that `count` cells of the profile wait from now on, and settles when they do. 0 takes that back.
   * @throws {HotcellError} `INVALID_REQUEST` where the pool has no room for them; what `profile.make` throws;
   * `signal.reason` once `signal` is aborted.
   */
  async warm(profile: Profile<Item>, count: number, signal: AbortSignal): Promise<void> {
    const shelf = this.#shelfOf(profile);
    this.#setFloor(shelf, count);
    const missing = Math.max(0, count - shelf.ready.size);
    const items = await Promise.all(Array.from({ length: missing }, () => this.#wait(shelf, signal)));
    for (const item of items) this.#keep(shelf, item);
    this.#planRefill(0);
  }

  stats(): PoolStats[] {
    return [...this.#shelves.values()].map((shelf) => shelf.stats());
  }

  /** Lets all waiting cells go; those asked for with {@link warm} too. Settles when they are gone. */
  async drain(): Promise<void> {
    for (const shelf of this.#shelves.values()) {
      shelf.floor = 0;
      shelf.arrivals.forget();
      for (const item of [...shelf.ready]) this.#discard(shelf, item);
    }
    await Promise.all(this.#disposals);
  }

  /** Refuses who waits and who comes with `reason`, and disposes all waiting cells. Idempotent. */
  async close(reason: unknown): Promise<void> {
    this.#closing.abort(reason);
    clearTimeout(this.#refillTimer);
    clearTimeout(this.#lookTimer);
    for (const shelf of this.#shelves.values()) shelf.refuseAll(reason);
    await this.drain();
    await Promise.all(this.#makings);
    await Promise.all(this.#disposals);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(new Error('The pool was closed.'));
  }

  /** A cell of the shelf that is alive, if there is one. */
  async #take(shelf: Shelf<Item>, signal: AbortSignal, claim: Claim<Item>): Promise<Item | undefined> {
    for (let item = shelf.take(); item; item = shelf.take()) {
      const isAlive = await claim(item);
      if (isAlive && !signal.aborted && !this.#closing.signal.aborted) return item;
      this.#dispose(item);
      // What killed one has often killed others, and each takes time to find out.
      if (!isAlive) await this.#discardDead(shelf);
      signal.throwIfAborted();
    }
    return undefined;
  }

  async #discardDead(shelf: Shelf<Item>): Promise<void> {
    const items = [...shelf.ready];
    const answers = await Promise.all(items.map((item) => item.isAlive()));
    for (const [index, item] of items.entries()) if (!answers[index]) this.#discard(shelf, item, 'lost');
  }

  /** A cell of the same family, adapted. */
  async #takeKin(shelf: Shelf<Item>, signal: AbortSignal): Promise<Item | undefined> {
    const { profile } = shelf;
    for (const other of this.#shelves.values()) {
      if (other === shelf || other.profile.family !== profile.family) continue;
      const item = await this.#take(other, signal, askForLife);
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

  #setFloor(shelf: Shelf<Item>, count: number): void {
    const before = shelf.floor;
    shelf.floor = count;
    const floors = [...this.#shelves.values()].map(({ floor, profile: { memoryMb } }) => ({
      rate: 0,
      makeMs: 0,
      floor,
      memoryMb,
    }));
    const shares = shareOut(floors, this.#options);
    if (floors.every(({ floor }, index) => floor === shares[index])) return;
    shelf.floor = before;
    const { ceiling, memoryBudgetMb } = this.#options;
    const message =
      `The pool has no room for ${count} cells of ${shelf.profile.key} beside those of the other kinds: ` +
      `it holds ${ceiling} cells and ${memoryBudgetMb} MiB in all. Ask for fewer, or raise pool.ceiling or pool.memoryBudgetMb.`;
    throw new HotcellError('INVALID_REQUEST', message);
  }

  #shelfOf(profile: Profile<Item>): Shelf<Item> {
    this.#closing.signal.throwIfAborted();
    let shelf = this.#shelves.get(profile.key);
    if (!shelf) {
      shelf = new Shelf(profile);
      this.#shelves.set(profile.key, shelf);
    }
    return shelf;
  }

  async #wait(shelf: Shelf<Item>, signal: AbortSignal): Promise<Item> {
    this.#closing.signal.throwIfAborted();
    const waiter = shelf.enqueue();
    this.#makeOnDemand();
    try {
      return await untilAborted(waiter.promise, signal);
    } catch (error) {
      // One that came in the same moment is not lost.
      if (!shelf.leave(waiter)) waiter.promise.then((item) => this.#keep(shelf, item)).catch(() => undefined);
      throw error;
    }
  }

  /** Starts what callers wait for, in the order in which they came. */
  #makeOnDemand(): void {
    while (this.#makings.size < this.#options.parallel) {
      const [shelf] = [...this.#shelves.values()]
        .filter((each) => each.unserved)
        .sort((a, b) => a.waitingSince - b.waitingSince);
      if (!shelf) return;
      this.#make(shelf);
    }
  }

  #make(shelf: Shelf<Item>): void {
    const making = shelf.make(this.#closing.signal).then((made) => {
      this.#makings.delete(making);
      this.#receive(shelf, made);
      this.#makeOnDemand();
      this.#planRefill(0);
    });
    this.#makings.add(making);
  }

  #receive(shelf: Shelf<Item>, made: Made<Item>): void {
    const waiter = shelf.dequeue();
    if ('item' in made) {
      this.#options.changed?.('made', shelf.profile.key, shelf.ready.size, made.ms);
      if (waiter) waiter.resolve(made.item);
      else this.#keep(shelf, made.item);
    } else if (waiter) waiter.reject(made.error);
    else if (!this.#closing.signal.aborted) this.#options.failed(made.error, shelf.profile.key);
  }

  #keep(shelf: Shelf<Item>, item: Item): void {
    shelf.ready.add(item);
    this.#options.changed?.('grown', shelf.profile.key, shelf.ready.size, 0);
    if (this.#closing.signal.aborted) this.#discard(shelf, item);
    else {
      void item.died.then(() => this.#discard(shelf, item, 'lost'));
      const lookMs = Math.min(this.#options.idleMs / 4, lookMaxMs);
      this.#lookTimer ??= setInterval(() => void this.#look(), lookMs).unref();
    }
  }

  #discard(shelf: Shelf<Item>, item: Item, why: 'shrunk' | 'lost' = 'shrunk'): void {
    if (!shelf.ready.delete(item)) return;
    this.#options.changed?.(why, shelf.profile.key, shelf.ready.size, 0);
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
    const poorest = [...shares].find(([shelf, share]) => shelf.mayRefill && shelf.ready.size < share);
    if (!poorest) return;
    // A rush that is over may come again soon, so what it left stays until it is in the way.
    if (!this.#hasRoom(poorest[0])) this.#trim(shares);
    this.#make(poorest[0]);
  }

  /** Now and then: what is dead goes, what is too much goes, and so do shelves of profiles that nobody asks for. */
  async #look(): Promise<void> {
    await Promise.all([...this.#shelves.values()].map((shelf) => this.#discardDead(shelf)));
    this.#trim(this.#shares());
    for (const [key, shelf] of this.#shelves) {
      if (shelf.isAbandoned(this.#options.idleMs)) this.#shelves.delete(key);
    }
    this.#refill();
    if (this.#shelves.size > 0) return;
    clearInterval(this.#lookTimer);
    this.#lookTimer = undefined;
  }

  #hasRoom({ profile }: Shelf<Item>): boolean {
    let [cells, memoryMb] = [1, profile.memoryMb];
    for (const shelf of this.#shelves.values()) {
      cells += shelf.ready.size;
      memoryMb += shelf.ready.size * shelf.profile.memoryMb;
    }
    return cells <= this.#options.ceiling && memoryMb <= this.#options.memoryBudgetMb;
  }

  #trim(shares: ReadonlyMap<Shelf<Item>, number>): void {
    for (const [shelf, share] of shares) {
      for (const item of [...shelf.ready].slice(0, Math.max(0, shelf.ready.size - share))) this.#discard(shelf, item);
    }
  }

  /** How many cells are to wait on each shelf, the busiest first. */
  #shares(): ReadonlyMap<Shelf<Item>, number> {
    const { floor, idleMs } = this.#options;
    const shelves = [...this.#shelves.values()].sort((a, b) => b.arrivals.rate - a.arrivals.rate);
    const demands = shelves.map((shelf) => shelf.demand(floor, idleMs));
    const shares = shareOut(demands, this.#options);
    return new Map(shelves.map((shelf, index) => [shelf, shares[index] ?? 0]));
  }
}
