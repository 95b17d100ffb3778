/**
 * Theory of operation. The engine calls and reads a caller's values (functions, getters, streams, promises) only
 * through this file. They may throw at once or late, return their own kind of thenable, or throw a value that cannot
 * even be read. This file returns only safe values: plain values or native promises, and failures of one class with a
 * text as message. Its promises never become unhandled rejections. Time limits are up to the code that waits: see
 * {@link abortable}.
 */
import { textOfThrown } from '../contract/schema/thrown.ts';
import { abortable } from './abortable.ts';

/** A caller's function or value failed. `message` is the text of the thrown value, which is the `cause`. */
export class CallerError extends Error {
  override readonly name = 'CallerError';

  constructor(thrown: unknown) {
    super(textOfThrown(thrown), { cause: thrown });
  }
}

/**
 * Reads a caller's value, for example the members of an object, synchronously.
 * @throws {CallerError} for anything thrown meanwhile, including one of the engine's own errors
 */
export function readCallerValue<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new CallerError(error);
  }
}

/**
 * Calls a caller's function and returns a native promise of its answer. It rejects with a {@link CallerError}, and may
 * be dropped.
 */
export function callCallerFunction<Value>(call: () => Value | PromiseLike<Value>): Promise<Value> {
  const answer = new Promise<Value>((resolve) => resolve(call())).catch((error: unknown) => {
    throw new CallerError(error);
  });
  answer.catch(() => undefined);
  return answer;
}

/**
 * The same, but rejects with the signal's reason once `signal` is aborted. A later answer is passed to `late`, or
 * dropped.
 */
export function awaitCallerPromise<Value>(
  call: () => Value | PromiseLike<Value>,
  signal: AbortSignal,
  late?: (value: Value) => void,
): Promise<Value> {
  return abortable(callCallerFunction(call), signal, late);
}

/** `instanceof` that also works for objects whose traps throw. */
export function isInstance<Value>(value: unknown, type: abstract new (...args: never[]) => Value): value is Value {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}
