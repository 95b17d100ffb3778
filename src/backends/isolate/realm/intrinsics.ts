/**
 * What the realm code keeps from before the guest's first line: whatever the guest replaces later, these stay.
 * Functions in this folder run inside the guest's isolate. Their source text is what crosses (`host/guest/realm-source`), so
 * each stands alone: it takes what it needs as arguments and imports nothing but types.
 */
export interface Intrinsics {
  readonly evaluate: (source: string) => unknown;
  readonly now: () => number;
  readonly parse: (text: string) => unknown;
  readonly stringify: (value: unknown) => string | undefined;
  readonly slice: (text: string, start: number, end?: number) => string;
  readonly codeAt: (text: string, index: number) => number;
  readonly indexOf: (text: string, search: string, from?: number) => number;
  readonly fromCodes: (codes: ArrayLike<number>) => string;
  readonly split: (text: string, separator: string) => string[];
  readonly join: (texts: readonly string[], separator: string) => string;
  readonly prototypeOf: (value: object) => object | null;
  readonly isArray: (value: unknown) => boolean;
  readonly isView: (value: unknown) => boolean;
  readonly define: (target: object, name: PropertyKey, value: unknown) => void;
  readonly load: (cells: Int32Array, index: number) => number;
  /** Blocks the guest's thread while a cell has `value`, at most `ms`, without using processor time. */
  readonly wait: (cells: Int32Array, index: number, value: number, ms?: number) => unknown;
  /** Blocks the guest's thread without using its processor time. */
  readonly sleep: (ms: number) => void;
}

/** Takes the intrinsics and removes what a guest must not have. Runs first, in a fresh realm. */
export function captureIntrinsics(): Intrinsics {
  const { apply, getPrototypeOf: prototypeOf, defineProperty, deleteProperty } = Reflect;
  const uncurry = (method: unknown): never => Function.prototype.call.bind(method as never) as never;
  const fromCharCode = String.fromCharCode;
  const { load, wait } = Atomics;
  const pillow = new Int32Array(new SharedArrayBuffer(4));
  for (const name of ['WebAssembly', 'SharedArrayBuffer']) deleteProperty(globalThis, name);
  for (const name of ['wait', 'waitAsync', 'notify', 'pause']) deleteProperty(Atomics, name);
  return {
    // Called by another name, eval is indirect: it sees the global scope and nothing of this one.
    // biome-ignore lint/security/noGlobalEval: it runs in the guest's isolate, on the guest's code
    evaluate: globalThis.eval,
    now: Date.now,
    parse: JSON.parse,
    stringify: JSON.stringify,
    slice: uncurry(String.prototype.slice),
    codeAt: uncurry(String.prototype.charCodeAt),
    indexOf: uncurry(String.prototype.indexOf),
    fromCodes: (codes) => apply(fromCharCode, undefined, codes),
    split: uncurry(String.prototype.split),
    join: uncurry(Array.prototype.join),
    prototypeOf,
    isArray: Array.isArray,
    isView: ArrayBuffer.isView,
    define: (target, name, value) => {
      defineProperty(target, name, {
        __proto__: null,
        value,
        writable: true,
        configurable: true,
        enumerable: false,
      } as PropertyDescriptor);
    },
    load,
    wait,
    sleep: (ms) => void wait(pillow, 0, 0, ms),
  };
}
