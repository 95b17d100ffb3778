import type { Kit } from './kit.ts';

/** Whether two values are deeply equal, strictly or with `==` between primitives. */
export type DeepEqual = (a: unknown, b: unknown, isStrict: boolean) => boolean;

/** Makes the comparison behind `assert.deepEqual` and `util.isDeepStrictEqual`. */
export function createDeepEqual(_kit: Kit): DeepEqual {
  const tag = (value: object): string => Object.prototype.toString.call(value);
  const ownKeys = (value: object): (string | symbol)[] =>
    Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));

  const equal = (a: unknown, b: unknown, isStrict: boolean, seen: Map<object, Set<object>>): boolean => {
    if (Object.is(a, b)) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
      if (isStrict || typeof a === 'object' || typeof b === 'object' || typeof a === 'function') return false;
      // biome-ignore lint/suspicious/noDoubleEquals: this is what the loose comparison means
      return a == b;
    }
    if (tag(a) !== tag(b)) return false;
    if (isStrict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const known = seen.get(a);
    if (known?.has(b)) return true;
    if (known) known.add(b);
    else seen.set(a, new Set([b]));
    if (a instanceof Date && b instanceof Date) {
      if (!Object.is(a.getTime(), b.getTime())) return false;
    } else if (a instanceof RegExp && b instanceof RegExp) {
      if (`${a}` !== `${b}` || a.lastIndex !== b.lastIndex) return false;
    } else if (a instanceof Error && b instanceof Error) {
      if (a.message !== b.message || a.name !== b.name) return false;
      if (!equal(a.cause, b.cause, isStrict, seen)) return false;
      if (!equal((a as AggregateError).errors, (b as AggregateError).errors, isStrict, seen)) return false;
    } else if (a instanceof Number || a instanceof String || a instanceof Boolean) {
      if (!Object.is(a.valueOf(), (b as typeof a).valueOf())) return false;
    } else if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
      return (
        equalBytes(a, b) && equalKeys(a, b, isStrict, seen, (key) => typeof key === 'symbol' || !/^\d+$/u.test(key))
      );
    } else if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
      if (!equalBytes(new Uint8Array(a), new Uint8Array(b))) return false;
    } else if (a instanceof Set && b instanceof Set) {
      if (a.size !== b.size || !equalSets(a, b, isStrict, seen)) return false;
    } else if (a instanceof Map && b instanceof Map) {
      if (a.size !== b.size || !equalMaps(a, b, isStrict, seen)) return false;
    } else if (a instanceof WeakMap || a instanceof WeakSet || a instanceof Promise) return false;
    if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
    return equalKeys(a, b, isStrict, seen, () => true);
  };
  const equalKeys = (
    a: object,
    b: object,
    isStrict: boolean,
    seen: Map<object, Set<object>>,
    counts: (key: string | symbol) => boolean,
  ): boolean => {
    const wanted = (key: string | symbol): boolean => counts(key) && (isStrict || typeof key === 'string');
    const keys = ownKeys(a).filter(wanted);
    const others = new Set(ownKeys(b).filter(wanted));
    if (keys.length !== others.size) return false;
    return keys.every((key) => others.has(key) && equal(a[key as never], b[key as never], isStrict, seen));
  };
  const equalBytes = (a: ArrayBufferView, b: ArrayBufferView): boolean => {
    if (a.byteLength !== b.byteLength) return false;
    const left = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
    const right = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
    return left.every((byte, index) => byte === right[index]);
  };
  const equalSets = (a: Set<unknown>, b: Set<unknown>, isStrict: boolean, seen: Map<object, Set<object>>): boolean => {
    const left = [...b].filter((each) => !a.has(each));
    return [...a].every((each) => {
      if (b.has(each)) return true;
      const at = left.findIndex((other) => equal(each, other, isStrict, seen));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  };
  const equalMaps = (
    a: Map<unknown, unknown>,
    b: Map<unknown, unknown>,
    isStrict: boolean,
    seen: Map<object, Set<object>>,
  ): boolean => {
    const left = [...b].filter(([key]) => !a.has(key));
    return [...a].every(([key, value]) => {
      if (b.has(key)) return equal(value, b.get(key), isStrict, seen);
      const at = left.findIndex(
        ([other, otherValue]) => equal(key, other, isStrict, seen) && equal(value, otherValue, isStrict, seen),
      );
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  };
  return (a, b, isStrict) => equal(a, b, isStrict, new Map());
}
