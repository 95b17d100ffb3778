/** A call of the realm's entry. */
export type Step = readonly (string | number | boolean)[];

/** What waits to be told to a guest, and the pause between its turns, which a message ends. */
export class StepQueue {
  readonly #onAdded: () => void;
  readonly #steps: Step[] = [];
  #isAwake = false;
  #wake: () => void = () => undefined;

  /** @param ring Called when something came, for a guest that waits within its turn. */
  constructor(onAdded: () => void) {
    this.#onAdded = onAdded;
  }

  push(step: Step): void {
    this.#steps.push(step);
    this.#wake();
    this.#onAdded();
  }

  /** Waits for a message, unless there is one, or for {@link wake}, and no longer than `ms`. */
  wait(ms: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    if (this.#isAwake || this.#steps.length > 0) this.#wake();
    return promise;
  }

  /** Ends the waiting for good: the job is over. */
  wake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  /** Hands over what came. */
  collect(): readonly Step[] {
    return this.#steps.splice(0);
  }

  /** Hands over the first of it as a text: kind, number, what of it, bytes and the rest, with spaces between; '' where nothing came. */
  nextText(): string {
    const [kind, number, what, rest, bytes = 0] = this.#steps.shift() ?? [];
    return kind === undefined ? '' : `${kind} ${number} ${what} ${bytes} ${rest}`;
  }
}
