import { abortable } from './abortable.ts';

/** A signal that fires after a time, or with another signal, whichever comes first. Dispose it to stop its clock. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #parent: AbortSignal | undefined;

  /** @param error is made when the time is up, and is then the signal's reason. */
  constructor(ms: number, error: () => Error, parent?: AbortSignal) {
    this.#parent = parent;
    this.#timer = setTimeout(() => this.#controller.abort(error()), ms);
    if (parent?.aborted) this.#onParentAbort();
    else parent?.addEventListener('abort', this.#onParentAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * The promise's outcome, or a rejection with the signal's reason as soon as it fires. What the promise brings after
   * that is given to `late`, so that nothing it holds is lost.
   */
  race<T>(promise: Promise<T>, late: (value: T) => void): Promise<T> {
    return abortable(promise, this.signal, late);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener('abort', this.#onParentAbort);
  }

  readonly #onParentAbort = (): void => {
    clearTimeout(this.#timer);
    this.#controller.abort(this.#parent?.reason);
  };
}
