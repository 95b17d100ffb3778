import type { Intrinsics } from './intrinsics.ts';

/** The guest's queue of calls of host functions, in any language. */
export interface ToolQueue {
  /** Calls that have no answer yet. */
  pending(): number;
  /**
   * Sends a call as soon as there is room, and returns its number. `answered` gets the answer, or `{ code, message }` of
   * the failure, as JSON text, and the number; if the input is too long, it is called before this returns.
   */
  send(name: string, input: string, answered: Answered): number;
  /** Takes the answer of a call from the host. */
  settle(call: number, isOk: boolean, json: string): void;
  /** Drops the calls that have no answer, because none will arrive. */
  forget(): void;
}

/** Gets the answer of one call. */
type Answered = (isOk: boolean, json: string, call: number) => void;

/** The limits of a queue of tool calls. */
export interface ToolBounds {
  /** Most characters of one input. */
  readonly inputMax: number;
  /** Calls at the host at one time. */
  readonly atOnce: number;
}

/**
 * Makes the queue. At most `atOnce` calls, and 4 Mi characters of input unless one alone is longer, are at the host at one
 * time; the rest wait here, in the guest's own memory.
 */
export function createToolQueue(
  { stringify }: Intrinsics,
  { inputMax, atOnce }: ToolBounds,
  send: (call: number, name: string, input: string) => void,
): ToolQueue {
  interface Call {
    readonly number: number;
    readonly name: string;
    readonly input: string;
    readonly answered: Answered;
    next: Call | undefined;
  }
  const charactersMax = 4_194_304;
  const tooLong = { code: 'VALUE_LIMIT', message: `The input is larger than limits.valueKb = ${inputMax / 1024} KiB.` };
  const flying: Record<number, Call | undefined> = { __proto__: null } as never;
  // A queue linked by hand, so that changes of the guest to arrays do not matter.
  let first: Call | undefined;
  let last: Call | undefined;
  let lastCall = 0;
  let inFlight = 0;
  let characters = 0;
  let waiting = 0;

  const launch = (): void => {
    while (first !== undefined && inFlight < atOnce) {
      const call = first;
      if (inFlight > 0 && characters + call.input.length > charactersMax) return;
      first = call.next;
      if (first === undefined) last = undefined;
      waiting -= 1;
      inFlight += 1;
      characters += call.input.length;
      flying[call.number] = call;
      send(call.number, call.name, call.input);
    }
  };

  return {
    pending: () => waiting + inFlight,
    send(name, input, answered) {
      lastCall += 1;
      const call: Call = { number: lastCall, name, input, answered, next: undefined };
      if (input.length > inputMax) {
        answered(false, stringify(tooLong) ?? '', call.number);
        return call.number;
      }
      if (last === undefined) first = call;
      else last.next = call;
      last = call;
      waiting += 1;
      launch();
      return call.number;
    },
    settle(number, isOk, json) {
      const call = flying[number];
      if (call === undefined) return;
      delete flying[number];
      inFlight -= 1;
      characters -= call.input.length;
      call.answered(isOk, json, number);
      launch();
    },
    forget() {
      for (const number in flying) delete flying[number];
      first = last = undefined;
      inFlight = characters = waiting = 0;
    },
  };
}
