import type { ToolQueue } from '../../../isolate/realm/tool-queue.ts';
import type { HostSteps } from '../host-steps.ts';

/** The two functions with which a Python guest calls host functions; see `sandbox-images/wasm/python/tool_lines.py`. */
export interface PythonToolCalls {
  /** Sends a call; returns its number. */
  call(name: string, input: string): number;
  /**
   * Waits up to `ms` milliseconds for an answer, without limit if that is negative: number, 1 or 0, and JSON text,
   * separated by spaces; `undefined` at a timeout or an interrupt.
   */
  take(ms: number): string | undefined;
  /** Drops answers that nobody has taken. */
  forget(): void;
}

/** Makes the functions. */
export function createPythonToolCalls(steps: HostSteps, queue: () => ToolQueue | undefined): PythonToolCalls {
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
      if (first === undefined && (queue()?.pending() ?? 0) > 0) steps.next(ms);
      return shift();
    },
    forget() {
      first = last = undefined;
    },
  };
}
