import type { HostFunctions } from '../bootstrap.ts';
import type { Intrinsics } from '../intrinsics.ts';
import type { ToolQueue } from '../tool-queue.ts';
import type { Interrupts } from './interrupts.ts';

/** The two functions through which a Python guest calls host tools; see `sandbox-images/wasm/python/tool_lines.py`. */
export interface ToolDoor {
  /** Sends a call; its number. */
  call(name: string, input: string): number;
  /**
   * Waits up to so many milliseconds for an answer, for ever where that is negative: number, 1 or 0, and JSON text, with
   * spaces between; `undefined` where none came, or an interrupt did.
   */
  take(ms: number): string | undefined;
  /** Forgets the answers that nobody took. */
  forget(): void;
}

/**
 * Makes the door. An interpreter waits on the guest's own thread: for a number that it shares with the host, which counts
 * it up with each answer. The host is told before, because waiting is no processor time.
 */
export function createToolDoor(
  { load, wait, slice, indexOf }: Intrinsics,
  ask: HostFunctions['ask'],
  bell: Int32Array,
  interrupts: Interrupts,
  queue: () => ToolQueue | undefined,
): ToolDoor {
  interface Arrival {
    readonly text: string;
    next: Arrival | undefined;
  }
  let first: Arrival | undefined;
  let last: Arrival | undefined;
  const shift = (): string | undefined => {
    const arrival = first;
    first = arrival?.next;
    if (first === undefined) last = undefined;
    return arrival?.text;
  };
  /** Has the host's next answer settle its call; whether there was one. */
  const fetch = (calls: ToolQueue, willWait: boolean): boolean => {
    const answer = ask('tool-answer', willWait ? 'wait' : '');
    if (answer === '') return false;
    const end = indexOf(answer, ' ');
    calls.settle(+slice(answer, 0, end), slice(answer, end + 1, end + 2) === '1', slice(answer, end + 3));
    return true;
  };
  return {
    call(name, input) {
      const calls = queue();
      if (calls === undefined) throw new Error('This job has no tools.');
      return calls.send(`${name}`, `${input}`, (isOk, json, number) => {
        const arrival: Arrival = { text: `${number} ${isOk ? 1 : 0} ${json}`, next: undefined };
        if (last === undefined) first = arrival;
        else last.next = arrival;
        last = arrival;
      });
    },
    take(ms) {
      const calls = queue();
      if (first !== undefined || calls === undefined || calls.pending() === 0) return shift();
      // Read first: what comes between the question and the wait is not missed.
      const heard = load(bell, 0);
      if (!fetch(calls, ms !== 0) && ms !== 0) {
        if (!interrupts.pending()) wait(bell, 0, heard, ms < 0 ? undefined : ms);
        fetch(calls, false);
      }
      return shift();
    },
    forget() {
      first = last = undefined;
    },
  };
}
