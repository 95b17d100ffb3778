import type { Intrinsics } from './intrinsics.ts';

/** The guest's timers, driven by the host: one call of `fire` per turn, so that microtasks run between two callbacks. */
export interface Timers {
  /** Runs the first callback that is due. */
  fire(): void;
  /** Milliseconds until the next callback is due (0 or less: now); `undefined` if no timer keeps the job alive. */
  next(): number | undefined;
  /** The same while something else keeps the job alive: timers after `unref` count as well. */
  soonest(): number | undefined;
  /** Removes all timers. */
  clear(): void;
}

/** Defines `setTimeout`, `setInterval`, `setImmediate`, their `clear…`, and `queueMicrotask`. */
export function installTimers({ now, define }: Intrinsics): Timers {
  interface Entry {
    readonly id: number;
    readonly callback: (...values: unknown[]) => void;
    readonly values: unknown[];
    readonly delay: number;
    readonly repeat: boolean;
    at: number;
    queued: boolean;
    referenced: boolean;
    before: Entry | undefined;
    after: Entry | undefined;
    handle: object | undefined;
  }
  const { apply } = Reflect;
  const settled = Promise.resolve();
  const then: (promise: Promise<void>, callback: () => void) => void = Function.prototype.call.bind(
    Promise.prototype.then,
  ) as never;
  const byId: Record<number, Entry | undefined> = { __proto__: null } as never;
  // A list in order of time, linked by hand, so that changes of the guest to arrays and maps do not matter.
  let first: Entry | undefined;
  let last: Entry | undefined;
  let lastId = 0;
  let alive = 0;

  const enqueue = (entry: Entry): void => {
    entry.at = now() + entry.delay;
    let before = last;
    while (before !== undefined && before.at > entry.at) before = before.before;
    const after = before === undefined ? first : before.after;
    entry.before = before;
    entry.after = after;
    if (before === undefined) first = entry;
    else before.after = entry;
    if (after === undefined) last = entry;
    else after.before = entry;
    entry.queued = true;
    byId[entry.id] = entry;
    if (entry.referenced) alive += 1;
  };
  const dequeue = (entry: Entry): void => {
    if (!entry.queued) return;
    entry.queued = false;
    if (entry.before === undefined) first = entry.after;
    else entry.before.after = entry.after;
    if (entry.after === undefined) last = entry.before;
    else entry.after.before = entry.before;
    delete byId[entry.id];
    if (entry.referenced) alive -= 1;
  };
  const reference = (entry: Entry, referenced: boolean): void => {
    if (entry.queued && entry.referenced !== referenced) alive += referenced ? 1 : -1;
    entry.referenced = referenced;
  };

  let entryOf: (handle: object) => Entry | undefined = () => undefined;
  // The guest gets the class through its handles; an entry that it made itself would put its numbers into the list.
  let making: Entry | undefined;
  class Timeout {
    readonly #entry: Entry;
    static {
      entryOf = (handle) => (#entry in handle ? handle.#entry : undefined);
    }
    constructor(entry: Entry) {
      if (making === undefined || entry !== making) throw new TypeError('Illegal constructor');
      making = undefined;
      this.#entry = entry;
    }
    ref(): this {
      reference(this.#entry, true);
      return this;
    }
    unref(): this {
      reference(this.#entry, false);
      return this;
    }
    hasRef(): boolean {
      return this.#entry.referenced;
    }
    refresh(): this {
      dequeue(this.#entry);
      enqueue(this.#entry);
      return this;
    }
    close(): this {
      dequeue(this.#entry);
      return this;
    }
    [Symbol.toPrimitive](): number {
      return this.#entry.id;
    }
    [Symbol.dispose](): void {
      dequeue(this.#entry);
    }
  }

  const start = (callback: unknown, delay: number, repeat: boolean, values: unknown[]): Timeout => {
    if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function.');
    lastId += 1;
    const entry: Entry = {
      id: lastId,
      callback: callback as Entry['callback'],
      values,
      delay,
      repeat,
      at: 0,
      queued: false,
      referenced: true,
      before: undefined,
      after: undefined,
      handle: undefined,
    };
    making = entry;
    const timeout = new Timeout(entry);
    entry.handle = timeout;
    enqueue(entry);
    return timeout;
  };
  const clear = (handle: unknown): void => {
    if (handle === null || handle === undefined) return;
    const entry = typeof handle === 'object' ? entryOf(handle) : byId[handle as number];
    if (entry !== undefined) dequeue(entry);
  };
  /** As in Node: a delay that is not between 1 ms and 2^31 - 1 ms counts as 1 ms. */
  const clamp = (delay: unknown): number => {
    const ms = Number(delay);
    return ms >= 1 && ms <= 2_147_483_647 ? ms : 1;
  };

  const functions = {
    setTimeout(callback: unknown, delay: unknown, ...values: unknown[]) {
      return start(callback, clamp(delay), false, values);
    },
    setInterval(callback: unknown, delay: unknown, ...values: unknown[]) {
      return start(callback, clamp(delay), true, values);
    },
    setImmediate(callback: unknown, ...values: unknown[]) {
      return start(callback, 0, false, values);
    },
    clearTimeout: (timer: unknown) => clear(timer),
    clearInterval: (timer: unknown) => clear(timer),
    clearImmediate: (timer: unknown) => clear(timer),
    queueMicrotask(callback: unknown) {
      if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function.');
      then(settled, () => {
        callback();
      });
    },
  };
  for (const name in functions) define(globalThis, name, functions[name as keyof typeof functions]);

  return {
    fire() {
      const entry = first;
      if (entry === undefined || entry.at > now()) return;
      dequeue(entry);
      if (entry.repeat) enqueue(entry);
      apply(entry.callback, entry.handle, entry.values);
    },
    next: () => (first === undefined || alive === 0 ? undefined : first.at - now()),
    soonest: () => (first === undefined ? undefined : first.at - now()),
    clear() {
      while (first !== undefined) dequeue(first);
    },
  };
}
