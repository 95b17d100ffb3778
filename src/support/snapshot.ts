import { CallerError } from './caller-values.ts';

/** Deepest nesting that is copied; deeper objects stay as they are. */
const depthMax = 8;

/**
 * A copy of options that a caller chose once: plain objects and arrays are read here and not again. Functions and
 * instances of classes remain the caller's own.
 * @throws {CallerError} if a member cannot be read
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
