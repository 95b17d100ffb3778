/**
 * A signal for a caller's function, which follows one of ours until disposed. What the function does to it stays with it: a
 * frozen signal cannot be aborted, and a listener can keep its event from those that come later.
 */
export class LentSignal implements Disposable {
  readonly #controller = new AbortController();
  readonly #own: AbortSignal;

  constructor(own: AbortSignal) {
    this.#own = own;
    if (own.aborted) this.#follow();
    else own.addEventListener('abort', this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#own.removeEventListener('abort', this.#follow);
  }

  readonly #follow = (): void => {
    try {
      this.#controller.abort(this.#own.reason);
    } catch {
      // The function that was given it made it so.
    }
  };
}
