import { HotcellError } from '../contract/api/errors.ts';
import { isAbortSignal } from '../contract/schema/abort-signal.ts';
import { CallerError, isInstance, readCallerValue } from './caller-values.ts';

// Taken here, once: a signal of the caller's may have members of its own by these names.
const { get: readAborted } = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted') ?? {};
const { get: readReason } = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'reason') ?? {};
const { addEventListener, removeEventListener } = EventTarget.prototype;

/**
 * Passes the abort of a caller's signal on to one of the engine's controllers, until disposed. Code behind that
 * controller reads nothing of the caller's: the reason is a {@link CallerError} with the message of the caller's
 * reason, or a plain `AbortError`.
 */
export function followCaller(signal: AbortSignal, follower: AbortController): Disposable {
  const follow = (): void => follower.abort(ownReason(signal));
  if (readAborted?.call(signal)) follow();
  else addEventListener.call(signal, 'abort', follow, { once: true });
  return { [Symbol.dispose]: () => removeEventListener.call(signal, 'abort', follow) };
}

/** Passes on an abort of one of the engine's signals, with its reason, until disposed. */
export function followOwn(signal: AbortSignal, follower: AbortController): Disposable {
  const follow = (): void => follower.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', follow) };
}

/** A signal of the engine that follows the caller's, or fires after a time if the caller gave none. */
export class OwnSignal implements Disposable {
  readonly #controller = new AbortController();
  readonly #following: Disposable;

  /**
   * @param given the caller's `signal` option
   * @param lateMs the time limit if `given` is `undefined`
   * @throws {HotcellError} `INVALID_REQUEST` if `given` is not a signal
   */
  constructor(given: unknown, lateMs: number) {
    if (given === undefined) {
      const timer = setTimeout(() => {
        const message = `Nothing was ready within ${lateMs} ms; see "hotcell doctor".`;
        this.#controller.abort(new HotcellError('BACKEND_UNAVAILABLE', message));
      }, lateMs);
      timer.unref();
      this.#following = { [Symbol.dispose]: () => clearTimeout(timer) };
      return;
    }
    if (!isAbortSignal(given)) throw new HotcellError('INVALID_REQUEST', 'The signal must be an AbortSignal.');
    const caller = new AbortController();
    const cancel = (): void => {
      const options = { cause: caller.signal.reason as unknown, ran: 'no' } as const;
      this.#controller.abort(new HotcellError('CANCELLED', 'The call was cancelled.', options));
    };
    caller.signal.addEventListener('abort', cancel, { once: true });
    this.#following = followCaller(given, caller);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
  }
}

/** `undefined` if the caller's reason adds nothing to "cancelled". */
function ownReason(signal: AbortSignal): CallerError | undefined {
  try {
    return readCallerValue(() => {
      const reason: unknown = readReason?.call(signal);
      const isTold = isInstance(reason, Error) && reason.name !== 'AbortError';
      return isTold ? new CallerError(reason) : undefined;
    });
  } catch {
    return undefined;
  }
}
