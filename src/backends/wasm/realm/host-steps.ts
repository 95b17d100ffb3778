import type { HostBindings } from '../../isolate/realm/bootstrap.ts';
import type { Intrinsics } from '../../isolate/realm/intrinsics.ts';
import type { RequestQueue } from '../../isolate/realm/requests.ts';
import type { ToolQueue } from '../../isolate/realm/tool-queue.ts';
import type { Interrupts } from './interrupts.ts';

/**
 * Messages from the host to a guest whose program occupies one turn of the isolate: the guest fetches them itself and
 * waits for them.
 */
export interface HostSteps {
  /**
   * Takes the next message and passes it on. Waits up to `ms` milliseconds, without limit if that is negative, or until
   * an interrupt.
   */
  next(ms: number): void;
  /**
   * The next part of the job's stdin, one character per byte. Waits for it; '' at the end, `undefined` at an interrupt.
   */
  stdin(): string | undefined;
}

/** Receives the messages. */
export interface StepTakers {
  readonly answer: ToolQueue['settle'];
  readonly receive: RequestQueue['receive'];
}

/**
 * An interpreter waits on the guest's own thread, for a number that it shares with the host and that the host increases
 * with each message. The guest reports the wait to the host first, because waiting is not processor time.
 */
export function createHostSteps(
  { load, wait, slice, indexOf }: Intrinsics,
  ask: HostBindings['ask'],
  messageCount: Int32Array,
  interrupts: Interrupts,
  takers: StepTakers,
): HostSteps {
  /** Takes one message if there is one; `StepQueue.nextText` of the host defines its format. */
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
      // Read before asking, so that a message between the question and the wait is not missed.
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
