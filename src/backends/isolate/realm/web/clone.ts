import type { Intrinsics } from '../intrinsics.ts';

/** Defines `structuredClone` for plain data, collections, dates, expressions, errors and buffers; cycles are kept. */
export function installClone({ define, isArray, isView }: Intrinsics): void {
  const fail = (value: unknown): never => {
    const what = typeof value === 'symbol' ? 'Symbol' : `${value as string}`;
    throw Object.assign(new Error(`${what} could not be cloned.`), { name: 'DataCloneError', code: 25 });
  };
  const errors: Record<string, ErrorConstructor> = {
    __proto__: null,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  } as never;

  const copy = (value: unknown, seen: Map<object, object>): unknown => {
    if (typeof value === 'function' || typeof value === 'symbol') return fail(value);
    if (typeof value !== 'object' || value === null) return value;
    const known = seen.get(value);
    if (known !== undefined) return known;
    const keep = <Copy extends object>(result: Copy): Copy => {
      seen.set(value, result);
      return result;
    };
    if (isArray(value)) {
      const result: unknown[] = keep(new Array((value as unknown[]).length));
      for (const key of Object.keys(value)) result[key as never] = copy(value[key as never], seen) as never;
      return result;
    }
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof Map) {
      const result = keep(new Map());
      for (const [key, entry] of [...value]) result.set(copy(key, seen), copy(entry, seen));
      return result;
    }
    if (value instanceof Set) {
      const result = keep(new Set());
      for (const entry of [...value]) result.add(copy(entry, seen));
      return result;
    }
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (isView(value)) {
      const view = value as Uint8Array;
      const buffer = copy(view.buffer, seen) as ArrayBuffer;
      const Constructor = view.constructor as Uint8ArrayConstructor;
      return keep(new Constructor(buffer, view.byteOffset, view instanceof DataView ? view.byteLength : view.length));
    }
    if (value instanceof Boolean || value instanceof Number || value instanceof String)
      return keep(Object(value.valueOf()));
    if (value instanceof Error) {
      const result = keep(new (errors[value.name] ?? Error)(value.message));
      define(result, 'stack', value.stack);
      if ('cause' in value) define(result, 'cause', copy(value.cause, seen));
      return result;
    }
    if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef || value instanceof Promise) {
      return fail('#<Object>');
    }
    const result: Record<string, unknown> = keep({});
    for (const [key, entry] of Object.entries(value)) {
      Object.defineProperty(result, key, {
        value: copy(entry, seen),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return result;
  };
  define(globalThis, 'structuredClone', function structuredClone(value: unknown) {
    return copy(value, new Map());
  });
}
