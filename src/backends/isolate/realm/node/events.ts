import type { NodeErrors } from './errors.ts';
import type { Kit } from './kit.ts';

type Listener = ((...values: unknown[]) => unknown) & { listener?: Listener };

/** Makes `events`: `EventEmitter`, `once` and `on`. */
export function createEvents({ load, formatter }: Kit): unknown {
  const { fail, wrongType } = load('errors') as NodeErrors;
  const stores = new WeakMap<object, Map<string | symbol, Listener[]>>();
  const storeOf = (emitter: object): Map<string | symbol, Listener[]> => {
    const store = stores.get(emitter) ?? new Map<string | symbol, Listener[]>();
    stores.set(emitter, store);
    return store;
  };
  const check = (listener: unknown): void => {
    if (typeof listener !== 'function') wrongType('"listener"', 'of type function', listener);
  };
  const add = <E extends EventEmitter>(emitter: E, name: string | symbol, listener: Listener, isFirst: boolean): E => {
    check(listener);
    const store = storeOf(emitter);
    if (store.has('newListener')) emitter.emit('newListener', name, listener.listener ?? listener);
    const listeners = store.get(name);
    if (!listeners) store.set(name, [listener]);
    else if (isFirst) store.set(name, [listener, ...listeners]);
    else store.set(name, [...listeners, listener]);
    return emitter;
  };
  const wrapOnce = (emitter: EventEmitter, name: string | symbol, listener: Listener): Listener => {
    check(listener);
    const once: Listener = function (this: unknown, ...values) {
      emitter.removeListener(name, once);
      return Reflect.apply(listener, emitter, values);
    };
    once.listener = listener;
    return once;
  };

  // A function, not a class: it is also called without `new`, by programs that inherit as was done before classes.
  interface EventEmitter {
    emit(name: string | symbol, ...values: unknown[]): boolean;
    on(name: string | symbol, listener: Listener): this;
    removeListener(name: string | symbol, listener: Listener): this;
    off(name: string | symbol, listener: Listener): this;
  }
  function EventEmitter(this: unknown): void {}
  const methods = {
    on(this: EventEmitter, name: string | symbol, listener: Listener): EventEmitter {
      return add(this, name, listener, false);
    },
    once(this: EventEmitter, name: string | symbol, listener: Listener): EventEmitter {
      return add(this, name, wrapOnce(this, name, listener), false);
    },
    prependListener(this: EventEmitter, name: string | symbol, listener: Listener): EventEmitter {
      return add(this, name, listener, true);
    },
    prependOnceListener(this: EventEmitter, name: string | symbol, listener: Listener): EventEmitter {
      return add(this, name, wrapOnce(this, name, listener), true);
    },
    off(this: EventEmitter, name: string | symbol, listener: Listener): EventEmitter {
      check(listener);
      const store = storeOf(this);
      const listeners = store.get(name) ?? [];
      const at = listeners.findLastIndex((each) => each === listener || each.listener === listener);
      if (at < 0) return this;
      if (listeners.length === 1) store.delete(name);
      else store.set(name, listeners.toSpliced(at, 1));
      if (store.has('removeListener')) this.emit('removeListener', name, listener);
      return this;
    },
    removeAllListeners(this: EventEmitter, name?: string | symbol): EventEmitter {
      if (name === undefined) storeOf(this).clear();
      else storeOf(this).delete(name);
      return this;
    },
    emit(this: EventEmitter, name: string | symbol, ...values: unknown[]): boolean {
      const listeners = storeOf(this).get(name);
      if (!listeners) {
        if (name !== 'error') return false;
        if (values[0] instanceof Error) throw values[0];
        return fail(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${formatter.inspect(values[0])})`);
      }
      for (const listener of listeners) Reflect.apply(listener, this, values);
      return true;
    },
    listenerCount(this: EventEmitter, name: string | symbol, listener?: Listener): number {
      const listeners = storeOf(this).get(name) ?? [];
      return listener === undefined
        ? listeners.length
        : listeners.filter((each) => each === listener || each.listener === listener).length;
    },
    listeners(this: EventEmitter, name: string | symbol): Listener[] {
      return (storeOf(this).get(name) ?? []).map((each) => each.listener ?? each);
    },
    rawListeners(this: EventEmitter, name: string | symbol): Listener[] {
      return [...(storeOf(this).get(name) ?? [])];
    },
    eventNames(this: EventEmitter): (string | symbol)[] {
      return [...storeOf(this).keys()];
    },
    setMaxListeners(this: EventEmitter): EventEmitter {
      return this;
    },
    getMaxListeners: (): number => 10,
  };
  const prototype: object = EventEmitter.prototype;
  for (const [name, method] of Object.entries({ ...methods, addListener: methods.on, removeListener: methods.off })) {
    Object.defineProperty(prototype, name, { value: method, writable: true, enumerable: true, configurable: true });
  }

  const once = (emitter: EventEmitter, name: string | symbol): Promise<unknown[]> =>
    new Promise((resolve, reject) => {
      const failed: Listener = (error) => {
        emitter.off(name, done);
        reject(error);
      };
      const done: Listener = (...values) => {
        emitter.off('error', failed);
        resolve(values);
      };
      methods.once.call(emitter, name, done);
      if (name !== 'error') methods.once.call(emitter, 'error', failed);
    });
  async function* on(emitter: EventEmitter, name: string | symbol): AsyncGenerator<unknown[]> {
    const waiting: unknown[][] = [];
    let failure: { error: unknown } | undefined;
    let wake: () => void = () => undefined;
    const take: Listener = (...values) => {
      waiting.push(values);
      wake();
    };
    const failed: Listener = (error) => {
      failure = { error };
      wake();
    };
    emitter.on(name, take);
    emitter.on('error', failed);
    try {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift() as unknown[];
        if (failure) throw failure.error;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      emitter.off(name, take);
      emitter.off('error', failed);
    }
  }
  return Object.assign(EventEmitter, {
    EventEmitter,
    once,
    on,
    listenerCount: (emitter: EventEmitter, name: string | symbol) => methods.listenerCount.call(emitter, name),
    defaultMaxListeners: 10,
    errorMonitor: Symbol('events.errorMonitor'),
    EventTarget: globalThis.EventTarget,
  });
}
