import { abortable } from './abortable.ts';
import { whenAborted } from './when-aborted.ts';

/** A signal that fires after a time, or with another signal, whichever is first. Dispose it to stop its timer. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #following: Disposable;

  /** @param error makes the signal's reason when the time is up */
  constructor(ms: number, error: () => Error, parent?: AbortSignal) {
    this.#timer = setTimeout(() => this.#controller.abort(error()), ms);
    this.#following = whenAborted(parent, () => {
      clearTimeout(this.#timer);
      this.#controller.abort(parent?.reason);
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * The promise's outcome, or a rejection with the signal's reason as soon as it fires. A value that the promise gives
   * later is passed to `late`, so that its resources can be released.
   */
  race<T>(promise: Promise<T>, late: (value: T) => void): Promise<T> {
    return abortable(promise, this.signal, late);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#following[Symbol.dispose]();
  }
}
