import { addAbortListener } from 'node:events';

// Taken here, once: a caller's signal may have members of its own by these names.
const { get: readAborted } = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted') ?? {};
const { addEventListener, removeEventListener } = EventTarget.prototype;

type AddArguments = Parameters<AbortSignal['addEventListener']>;
type RemoveArguments = Parameters<AbortSignal['removeEventListener']>;

const once = Object.freeze({ once: true });
const noListener: Disposable = Object.freeze({ [Symbol.dispose]() {} });

/**
 * Calls `react` once, when one of the engine's own signals is aborted. If it is aborted already, `react` is called before
 * this function returns. Dispose the returned object to stop listening. Without a signal, nothing happens. `react` must not
 * throw, because Node ends the process if a listener does.
 */
export function whenAborted(signal: AbortSignal | undefined, react: () => void): Disposable {
  if (!signal) return noListener;
  if (signal.aborted) {
    react();
    return noListener;
  }
  signal.addEventListener('abort', react, once);
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', react) };
}

/**
 * The same for the signal of a caller: no member that the caller could have replaced is used, and a listener of the caller
 * that calls `stopImmediatePropagation` does not hide the abort. It takes about 1 µs more.
 */
export function whenCallerAborted(signal: AbortSignal, react: () => void): Disposable {
  if (!readAborted?.call(signal)) return addAbortListener(new SignalMethods(signal) as unknown as AbortSignal, react);
  react();
  return noListener;
}

/** The members of a signal that `addAbortListener` uses, as Node defines them. */
class SignalMethods {
  readonly aborted = false;
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  addEventListener(...how: AddArguments): void {
    addEventListener.apply(this.#signal, how);
  }

  removeEventListener(...how: RemoveArguments): void {
    removeEventListener.apply(this.#signal, how);
  }
}
