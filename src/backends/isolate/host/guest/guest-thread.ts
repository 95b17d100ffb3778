import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from './guest.ts';
import type { StepQueue } from './step-queue.ts';

/** Tracks whether a guest occupies its thread. */
export class GuestThread {
  #step: Promise<unknown> = Promise.resolve();
  #isBusy = false;

  /** Whether it is running a step. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Tracks the step that was just sent to it. */
  follow<T>(step: Promise<T>): Promise<T> {
    this.#isBusy = true;
    this.#step = step
      .catch(() => undefined)
      .then(() => {
        this.#isBusy = false;
      });
    return step;
  }

  /** Whether it leaves its thread within `graceMs`. */
  leaves(graceMs: number): Promise<boolean> {
    return settlesWithin(this.#step, graceMs);
  }
}

/** Time for a stopped guest to leave its thread, in milliseconds; after that its host is poisoned. */
export const leaveGraceMs = 120;
/** The same for a session's guest that should stay: V8 stops it at its time limit, or it is interrupted. */
export const interruptGraceMs = 280;

/** Whether a promise is fulfilled within `graceMs` milliseconds. */
export async function settlesWithin(promise: Promise<unknown>, graceMs: number): Promise<boolean> {
  const grace = new AbortController();
  const hasSettled = await Promise.race([
    promise.then(() => true),
    sleep(graceMs, false, { signal: grace.signal }).catch(() => false),
  ]);
  grace.abort();
  return hasSettled;
}

/** Asks an interpreter's guest to stop computing or waiting. Returns whether its program ended. */
export async function interrupt(guest: Guest, steps: StepQueue, returned: Promise<unknown>): Promise<boolean> {
  // The first interrupt may arrive before there is anything to interrupt.
  for (const share of [0.4, 0.6]) {
    guest.interrupt?.();
    steps.push(['interrupt']);
    if (await settlesWithin(returned, interruptGraceMs * share)) return true;
  }
  return false;
}
