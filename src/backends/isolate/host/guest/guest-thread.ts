import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from './guest.ts';
import type { StepQueue } from './step-queue.ts';

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

/** How long a guest that was stopped may take to leave its thread, in milliseconds; then its host is poisoned. */
export const leaveGraceMs = 120;
/** The same where a session's guest is to stay: it is stopped by V8 for its time, or interrupted, and no more. */
export const interruptGraceMs = 280;

/** Whether a promise is fulfilled within so many milliseconds. */
export async function settlesWithin(promise: Promise<unknown>, graceMs: number): Promise<boolean> {
  const grace = new AbortController();
  const hasSettled = await Promise.race([
    promise.then(() => true),
    sleep(graceMs, false, { signal: grace.signal }).catch(() => false),
  ]);
  grace.abort();
  return hasSettled;
}

/** Asks an interpreter's guest to stop, whether it computes or waits. Whether its program came to its end. */
export async function interrupt(guest: Guest, steps: StepQueue, returned: Promise<unknown>): Promise<boolean> {
  // The first may come a moment before there is anything to interrupt.
  for (const share of [0.4, 0.6]) {
    guest.interrupt?.();
    steps.push(['interrupt']);
    if (await settlesWithin(returned, interruptGraceMs * share)) return true;
  }
  return false;
}
