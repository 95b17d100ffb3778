import { HotcellError } from '../contract/api/errors.ts';
import { isAbortSignal } from '../contract/schema/abort-signal.ts';
import { CallerError, isInstance, readCallerValue } from './caller-values.ts';
import { whenAborted, whenCallerAborted } from './when-aborted.ts';

// Taken here, once: a caller's signal may have its own member with this name.
const { get: readReason } = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'reason') ?? {};

/**
 * Passes the abort of a caller's signal on to one of the engine's controllers, until disposed. Code behind that
 * controller reads nothing of the caller's: the reason is a {@link CallerError} with the message of the caller's
 * reason, or a plain `AbortError`.
 */
export function followCaller(signal: AbortSignal, follower: AbortController): Disposable {
  return whenCallerAborted(signal, () => follower.abort(ownReason(signal)));
}

/** Passes on an abort of one of the engine's signals, with its reason, until disposed. */
export function followOwn(signal: AbortSignal, follower: AbortController): Disposable {
  return whenAborted(signal, () => follower.abort(signal.reason));
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
    whenAborted(caller.signal, () => {
      const options = { cause: caller.signal.reason as unknown, ran: 'no' } as const;
      this.#controller.abort(new HotcellError('CANCELLED', 'The call was cancelled.', options));
    });
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
