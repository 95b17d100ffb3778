import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Pool, type PoolOptions } from '../../../../src/cells/pool/pool.ts';
import type { Pooled, Profile } from '../../../../src/cells/pool/pool-profile.ts';

class Item implements Pooled {
  readonly number: number;
  readonly died: Promise<unknown>;
  readonly die: () => void;
  readonly adapted: string[] = [];
  alive = true;
  disposed = 0;

  constructor(number: number) {
    this.number = number;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.died = promise;
    this.die = resolve;
  }

  isAlive(): Promise<boolean> {
    return Promise.resolve(this.alive);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed += 1;
  }
}

/** Makes numbered items, each after `makeMs` or when the test allows it. */
class Maker implements Profile<Item> {
  readonly key: string;
  readonly compatibilityKey: string;
  readonly memoryMb = 10;
  readonly made: Item[] = [];
  begun = 0;
  busiest = 0;
  makeMs = 5;
  error: Error | undefined;
  #busy = 0;

  constructor(key = 'a', compatibilityKey = key) {
    this.key = key;
    this.compatibilityKey = compatibilityKey;
  }

  async adapt(item: Item): Promise<void> {
    if (this.error) throw this.error;
    item.adapted.push(this.key);
  }

  async make(signal: AbortSignal): Promise<Item> {
    this.begun += 1;
    this.#busy += 1;
    this.busiest = Math.max(this.busiest, this.#busy);
    try {
      await sleep(this.makeMs, undefined, { signal });
      if (this.error) throw this.error;
      const item = new Item(this.made.length + 1);
      this.made.push(item);
      return item;
    } finally {
      this.#busy -= 1;
    }
  }
}

const failures: string[] = [];
const pools: Pool<Item>[] = [];
const never = new AbortController().signal;

function open(options: Partial<PoolOptions> = {}): Pool<Item> {
  const defaults = { parallel: 2, floor: 1, ceiling: 8, memoryBudgetMb: 1_000, idleMs: 60_000 };
  const pool = new Pool<Item>({ ...defaults, failed: (error) => failures.push(String(error)), ...options });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close(new Error('over'))));
  failures.length = 0;
});

const until = (isTrue: () => boolean): Promise<void> => expect.poll(isTrue, { interval: 2 }).toBe(true);
const ready = (pool: Pool<Item>): number => pool.stats().reduce((sum, partition) => sum + partition.ready, 0);

test('the first call makes its cell, the next finds one waiting', async () => {
  const [pool, maker] = [open(), new Maker()];
  const first = await pool.lease(maker, never);
  expect([first.warm, first.item.number]).toEqual([false, 1]);
  await until(() => ready(pool) === 1);
  const second = await pool.lease(maker, never);
  expect([second.warm, second.item.number]).toEqual([true, 2]);
  expect(pool.stats()).toMatchObject([{ profile: 'a', hits: 1, misses: 1 }]);
});

test('each cell is handed out once, and in a burst each caller gets a different one', async () => {
  const [pool, maker] = [open({ parallel: 3 }), new Maker()];
  await pool.warm(maker, 4, never);
  const leases = await Promise.all(Array.from({ length: 20 }, () => pool.lease(maker, never)));
  expect(new Set(leases.map(({ item }) => item)).size).toBe(20);
  expect(leases.filter(({ warm }) => warm)).toHaveLength(4);
  expect(maker.busiest).toBeLessThanOrEqual(3);
});

test('cells for waiting callers come before cells in advance', async () => {
  const [pool, maker] = [open({ parallel: 1, floor: 8 }), new Maker()];
  await pool.lease(maker, never);
  await until(() => ready(pool) > 0);
  const waited = await Promise.all(Array.from({ length: 12 }, () => pool.lease(maker, never)));
  // No item was kept in reserve while a caller waited: callers got the items in the order in which they were made.
  const cold = waited.filter(({ warm }) => !warm).map(({ item }) => item.number);
  expect(cold).toEqual(cold.toSorted((a, b) => a - b));
  expect(Math.max(...cold) - Math.min(...cold)).toBe(cold.length - 1);
});

test('a dead cell is never handed out, whether it reported its end or does not answer', async () => {
  const [pool, maker] = [open(), new Maker()];
  await pool.warm(maker, 3, never);
  const [first, second, third] = maker.made;
  first?.die();
  if (third) third.alive = false;
  await until(() => first?.disposed === 1);
  const { item, warm } = await pool.lease(maker, never);
  expect([warm, item.number]).toEqual([true, second?.number]);
  expect(third?.disposed).toBe(1);
});

test('a failed claim removes the cell, and the next one is claimed; a cell made for the call is not claimed', async () => {
  const [pool, maker] = [open({ floor: 0 }), new Maker()];
  await pool.warm(maker, 2, never);
  const claimed: number[] = [];
  const claim = async (item: Item): Promise<boolean> => claimed.push(item.number) > 1;
  expect((await pool.lease(maker, never, claim)).item.number).toBe(1);
  expect(maker.made[1]?.disposed).toBe(1);
  expect(claimed).toEqual([2, 1]);
  await pool.drain();
  const cold = await pool.lease(maker, never, claim);
  expect([cold.warm, claimed]).toEqual([false, [2, 1]]);
});

test('if its own partition is empty, a call gets an adapted compatible cell', async () => {
  const [pool, small, large, other] = [open(), new Maker('small', 'f'), new Maker('large', 'f'), new Maker('other')];
  await pool.warm(small, 2, never);
  const { item, warm } = await pool.lease(large, never);
  expect([warm, small.made.includes(item), item.adapted]).toEqual([true, true, ['large']]);
  expect((await pool.lease(other, never)).warm).toBe(false);
  // An item that cannot be adapted is not used; making a new one reports the error.
  large.error = new Error('no');
  await until(() => pool.stats().every(({ making }) => making === 0));
  await expect(pool.lease(large, never)).rejects.toThrow('no');
});

test('cells that died are replaced', async () => {
  const [pool, maker] = [open(), new Maker()];
  await pool.warm(maker, 2, never);
  for (const item of [...maker.made]) item.die();
  await until(() => ready(pool) === 2 && maker.made.length === 4);
});

test('a waiting call gets the error of a failed cell; a failed cell in advance is tried again later', async () => {
  const [pool, maker] = [open(), new Maker()];
  maker.error = new Error('no daemon');
  await expect(pool.lease(maker, never)).rejects.toThrow('no daemon');
  await sleep(60);
  // It does not try again and again.
  expect(maker.begun).toBe(1);
  maker.error = undefined;
  expect((await pool.lease(maker, never)).warm).toBe(false);
  await until(() => ready(pool) === 1);
  maker.error = new Error('gone again');
  await pool.lease(maker, never);
  await until(() => failures.length === 1);
  await sleep(60);
  expect(failures).toEqual(['Error: gone again']);
});

test('a caller that gives up leaves its cell to the next caller', async () => {
  const [pool, maker] = [open({ floor: 0 }), new Maker()];
  maker.makeMs = 40;
  const controller = new AbortController();
  const given = pool.lease(maker, controller.signal);
  controller.abort(new Error('changed my mind'));
  await expect(given).rejects.toThrow('changed my mind');
  await until(() => ready(pool) === 1);
  expect((await pool.lease(maker, never)).item.number).toBe(1);
  await expect(pool.lease(maker, controller.signal)).rejects.toThrow('changed my mind');
});

test('without calls waiting cells are removed, except for requested ones', async () => {
  const [pool, used, asked] = [open({ idleMs: 80 }), new Maker('used'), new Maker('asked')];
  await pool.warm(asked, 2, never);
  await pool.lease(used, never);
  await until(() => used.made[1]?.disposed === 1);
  expect(used.made.map(({ disposed }) => disposed)).toEqual([0, 1]);
  await until(() => pool.stats().length === 1);
  await pool.warm(asked, 0, never);
  await until(() => pool.stats().length === 0);
  expect(asked.made.map(({ disposed }) => disposed)).toEqual([1, 1]);
});

test('more calls, more cells; the bounds hold', async () => {
  const [pool, maker] = [open({ ceiling: 5 }), new Maker()];
  maker.makeMs = 20;
  for (let call = 0; call < 60; call++) {
    await (await pool.lease(maker, never)).item[Symbol.asyncDispose]();
    await sleep(4);
    expect(ready(pool)).toBeLessThanOrEqual(5);
  }
  await until(() => ready(pool) > 1);
  await expect(pool.warm(maker, 6, never)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  const small = open({ memoryBudgetMb: 25 });
  await expect(small.warm(maker, 3, never)).rejects.toThrow('no room for 3 cells of a');
  await small.warm(maker, 2, never);
});

test('closing disposes waiting and later cells, and refuses waiting and later calls', async () => {
  const [pool, maker] = [open(), new Maker()];
  await pool.warm(maker, 2, never);
  maker.makeMs = 30;
  const { item } = await pool.lease(maker, never);
  await pool.lease(maker, never);
  const waiting = pool.lease(maker, never);
  waiting.catch(() => undefined);
  await pool.close(new Error('closed'));
  await expect(waiting).rejects.toThrow('closed');
  await expect(pool.lease(maker, never)).rejects.toThrow('closed');
  const undisposed = maker.made.filter(({ disposed }) => disposed === 0);
  expect(undisposed).toHaveLength(2);
  expect(undisposed).toContain(item);
  expect(maker.made.every(({ disposed }) => disposed <= 1)).toBe(true);
});

test('a drained pool is empty and still works', async () => {
  const [pool, maker] = [open(), new Maker()];
  await pool.warm(maker, 3, never);
  await pool.drain();
  expect(maker.made.map(({ disposed }) => disposed)).toEqual([1, 1, 1]);
  expect((await pool.lease(maker, never)).warm).toBe(false);
});
