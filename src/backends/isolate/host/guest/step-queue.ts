/** A call of the realm's entry. */
export type Step = readonly (string | number | boolean)[];

/** Steps that wait to be sent to a guest, and the pause between its turns, which a message ends. */
export class StepQueue {
  readonly #onAdded: () => void;
  readonly #steps: Step[] = [];
  #isAwake = false;
  #wake: () => void = () => undefined;

  /** @param onAdded Called when a step is added, for a guest that waits within its turn. */
  constructor(onAdded: () => void) {
    this.#onAdded = onAdded;
  }

  push(step: Step): void {
    this.#steps.push(step);
    this.#wake();
    this.#onAdded();
  }

  /** Waits for a message, for {@link wake}, or for `ms`; returns at once if a message is waiting. */
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

  /** Ends all waiting: the job is over. */
  wake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  /** Returns all waiting steps. */
  collect(): readonly Step[] {
    return this.#steps.splice(0);
  }

  /**
   * Returns the first waiting step as a text: kind, number, detail, bytes and the rest, separated by spaces; '' if
   * there is none.
   */
  nextText(): string {
    const [kind, number, what, rest, bytes = 0] = this.#steps.shift() ?? [];
    return kind === undefined ? '' : `${kind} ${number} ${what} ${bytes} ${rest}`;
  }
}
