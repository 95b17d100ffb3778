/**
 * Theory of operation. What a caller hands in (functions, getters, streams, promises) is called and read through this file,
 * and nowhere else. It may throw at once or late, answer with a thenable of its own making, or throw something that
 * cannot even be looked at. What comes out of here is ours: a value or a native promise, and failures of one class with a text for a
 * message. A promise from here never becomes an unhandled rejection. Time is the affair of those who wait: see
 * {@link abortable}.
 */
import { textOfThrown } from '../contract/schema/thrown.ts';
import { abortable } from './abortable.ts';

/** Something of the caller's failed. `message` is what it said, whatever was thrown; that itself is the `cause`. */
export class CallerError extends Error {
  override readonly name = 'CallerError';

  constructor(thrown: unknown) {
    super(textOfThrown(thrown), { cause: thrown });
  }
}

/**
 * Reads what is the caller's, such as the members of an object, and answers at once.
 * @throws {CallerError} for whatever is thrown meanwhile, also by one of the engine's own classes
 */
export function readCallerValue<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new CallerError(error);
  }
}

/** Calls what is the caller's, and takes whatever it answers. The promise is native; it rejects with a {@link CallerError}, and may be dropped. */
export function callCallerFunction<Value>(call: () => Value | PromiseLike<Value>): Promise<Value> {
  const answer = new Promise<Value>((resolve) => resolve(call())).catch((error: unknown) => {
    throw new CallerError(error);
  });
  answer.catch(() => undefined);
  return answer;
}

/** The same, waited for until `signal` is aborted: then it rejects with the signal's reason. What comes later is given to `late`, or dropped. */
export function awaitCallerPromise<Value>(
  call: () => Value | PromiseLike<Value>,
  signal: AbortSignal,
  late?: (value: Value) => void,
): Promise<Value> {
  return abortable(callCallerFunction(call), signal, late);
}

/** `instanceof`, also for objects that a trap guards. */
export function isInstance<Value>(value: unknown, type: abstract new (...args: never[]) => Value): value is Value {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}
