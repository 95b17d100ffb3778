import { settlesWithin } from './grace.ts';

/** Knows whether a guest is on its thread. */
export class GuestThread {
  #step: Promise<unknown> = Promise.resolve();
  #isBusy = false;

  /** Whether it is in a step that it was sent. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Takes note of the step that it was just sent. */
  follow<T>(step: Promise<T>): Promise<T> {
    this.#isBusy = true;
    this.#step = step
      .catch(() => undefined)
      .then(() => {
        this.#isBusy = false;
      });
    return step;
  }

  /** Whether it leaves its thread within the grace. */
  leaves(graceMs: number): Promise<boolean> {
    return settlesWithin(this.#step, graceMs);
  }
}
