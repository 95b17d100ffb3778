import type { ByteText } from './encoding.ts';
import type { Intrinsics } from './intrinsics.ts';

/** Defines `crypto` (`randomUUID`, `getRandomValues`) and `performance` (`now` in whole milliseconds, `timeOrigin`). */
export function installCrypto(
  { define, now, slice, isView }: Intrinsics,
  { toBytes }: ByteText,
  ask: (question: 'random', count: string) => string,
): void {
  const startedAt = now();
  const crypto = {
    getRandomValues(array: ArrayBufferView): ArrayBufferView {
      if (
        !isView(array) ||
        array instanceof DataView ||
        array instanceof Float32Array ||
        array instanceof Float64Array
      ) {
        throw new TypeError('The "typedArray" argument must be an integer typed array.');
      }
      if (array.byteLength > 65_536) {
        throw new RangeError(`getRandomValues gives at most 65536 bytes at once: ${array.byteLength} were asked for.`);
      }
      const bytes = toBytes(ask('random', `${array.byteLength}`));
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes);
      return array;
    },
    randomUUID(): string {
      const bytes = toBytes(ask('random', '16'));
      let hex = '';
      for (let index = 0; index < 16; index += 1) {
        const byte = bytes[index] ?? 0;
        const fixed = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
        hex += slice((fixed + 256).toString(16), 1);
        if (index === 3 || index === 5 || index === 7 || index === 9) hex += '-';
      }
      return hex;
    },
  };
  define(globalThis, 'crypto', crypto);
  define(globalThis, 'performance', { now: () => now() - startedAt, timeOrigin: startedAt });
}

/** Defines `Event`, `EventTarget`, `AbortController` and `AbortSignal`, as far as programs without a page use them. */
export function installAbort({ define }: Intrinsics): void {
  const later = setTimeout;
  class Event {
    readonly type: string;
    target: unknown = null;
    defaultPrevented = false;
    constructor(type: unknown) {
      this.type = `${type as string}`;
    }
    preventDefault(): void {
      this.defaultPrevented = true;
    }
  }
  type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };
  class EventTarget {
    readonly #listeners: { type: string; listener: Listener; once: boolean }[] = [];
    addEventListener(type: string, listener: Listener | null, options?: { once?: boolean } | boolean): void {
      if (listener === null || this.#listeners.some((entry) => entry.type === type && entry.listener === listener))
        return;
      this.#listeners.push({ type, listener, once: typeof options === 'object' && Boolean(options.once) });
    }
    removeEventListener(type: string, listener: Listener): void {
      const at = this.#listeners.findIndex((entry) => entry.type === type && entry.listener === listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    }
    dispatchEvent(event: Event): boolean {
      event.target = this;
      for (const entry of [...this.#listeners]) {
        if (entry.type !== event.type) continue;
        if (entry.once) this.removeEventListener(entry.type, entry.listener);
        if (typeof entry.listener === 'function') entry.listener.call(this as never, event);
        else entry.listener.handleEvent(event);
      }
      return !event.defaultPrevented;
    }
  }
  const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

  let abort: (signal: AbortSignal, reason: unknown) => void;
  let create: () => AbortSignal;
  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason: unknown;
    onabort: ((event: Event) => void) | null = null;
    static {
      create = () => new AbortSignal();
      abort = (signal, reason) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason === undefined ? named('AbortError', 'This operation was aborted') : reason;
        const event = new Event('abort');
        signal.onabort?.(event);
        signal.dispatchEvent(event);
      };
    }
    get aborted(): boolean {
      return this.#aborted;
    }
    get reason(): unknown {
      return this.#reason;
    }
    throwIfAborted(): void {
      if (this.#aborted) throw this.#reason;
    }
    static abort(reason?: unknown): AbortSignal {
      const signal = create();
      abort(signal, reason);
      return signal;
    }
    static timeout(ms: number): AbortSignal {
      const signal = create();
      later(() => abort(signal, named('TimeoutError', 'The operation was aborted due to timeout')), ms).unref();
      return signal;
    }
    static any(signals: Iterable<AbortSignal>): AbortSignal {
      const joint = create();
      for (const signal of signals) {
        if (signal.aborted) abort(joint, signal.reason);
        else signal.addEventListener('abort', () => abort(joint, signal.reason), { once: true });
      }
      return joint;
    }
  }
  class AbortController {
    readonly #signal: AbortSignal = create();
    get signal(): AbortSignal {
      return this.#signal;
    }
    abort(reason?: unknown): void {
      abort(this.#signal, reason);
    }
  }
  const classes = { Event, EventTarget, AbortSignal, AbortController };
  for (const name in classes) define(globalThis, name, classes[name as keyof typeof classes]);
}
