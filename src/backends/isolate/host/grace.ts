import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from './guest.ts';
import type { GuestInbox } from './guest-inbox.ts';

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
export async function interrupt(guest: Guest, inbox: GuestInbox, returned: Promise<unknown>): Promise<boolean> {
  // The first may come a moment before there is anything to interrupt.
  for (const share of [0.4, 0.6]) {
    guest.interrupt?.();
    inbox.push(['interrupt']);
    if (await settlesWithin(returned, interruptGraceMs * share)) return true;
  }
  return false;
}
