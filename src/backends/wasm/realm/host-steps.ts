import type { HostBindings } from '../../isolate/realm/bootstrap.ts';
import type { Intrinsics } from '../../isolate/realm/intrinsics.ts';
import type { RequestQueue } from '../../isolate/realm/requests.ts';
import type { ToolQueue } from '../../isolate/realm/tool-queue.ts';
import type { Interrupts } from './interrupts.ts';

/** What the host has to tell a guest whose program is one turn of the isolate: it fetches that itself, and waits for it. */
export interface HostSteps {
  /** Takes the next of it, and waits for it up to so many milliseconds, for ever where that is negative, or an interrupt. */
  next(ms: number): void;
  /** The next of the job's stdin, one character a byte; waits for it, and is '' at its end, `undefined` at an interrupt. */
  stdin(): string | undefined;
}

/** Who is told of it. */
export interface StepTakers {
  readonly answer: ToolQueue['settle'];
  readonly receive: RequestQueue['receive'];
}

/**
 * An interpreter waits on the guest's own thread: for a number that it shares with the host, which counts it up with
 * each message. The host is told before, because waiting is no processor time.
 */
export function createHostSteps(
  { load, wait, slice, indexOf }: Intrinsics,
  ask: HostBindings['ask'],
  messageCount: Int32Array,
  interrupts: Interrupts,
  takers: StepTakers,
): HostSteps {
  /** Takes one where there is one: `StepQueue.nextText` of the host says how it is written. */
  const fetch = (willWait: boolean): boolean => {
    const text = ask('next-step', willWait ? 'wait' : '');
    if (text === '') return false;
    let at = 0;
    const word = (): string => {
      const start = at;
      at = indexOf(text, ' ', start) + 1;
      return slice(text, start, at - 1);
    };
    const [kind, number, what, bytes] = [word(), +word(), word(), +word()];
    const rest = slice(text, at);
    if (kind === 'answer') takers.answer(number, what === 'true', rest);
    else if (kind === 'receive') takers.receive(number, what as Parameters<RequestQueue['receive']>[1], rest, bytes);
    return true;
  };
  return {
    next(ms) {
      // Read first: what comes between the question and the wait is not missed.
      const seen = load(messageCount, 0);
      if (fetch(ms !== 0) || ms === 0) return;
      if (!interrupts.pending()) wait(messageCount, 0, seen, ms < 0 ? undefined : ms);
      fetch(false);
    },
    stdin() {
      for (;;) {
        const seen = load(messageCount, 0);
        const text = ask('stdin', '');
        if (text !== '') return slice(text, 1);
        if (interrupts.pending()) return undefined;
        wait(messageCount, 0, seen);
      }
    },
  };
}
