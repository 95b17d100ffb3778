import { CallerError } from './caller-values.ts';

/** Options nest no deeper; what does stays as it is. */
const depthMax = 8;

/**
 * A copy of what a caller chose once and for all: plain objects and arrays are read here, once; functions and objects of a
 * class are the caller's own and stay.
 * @throws {CallerError} where it cannot be read
 */
export function snapshot<Value>(value: Value): Value {
  try {
    return copy(value, 0) as Value;
  } catch (error) {
    throw new CallerError(error);
  }
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > depthMax) return value;
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item, depth + 1)]));
}
