import type { Intrinsics } from './intrinsics.ts';

/** The guest's side of host tools. */
export interface ToolCalls {
  /** Calls that have no answer yet. */
  pending(): number;
  /** Settles a call with its answer, or with `{ code, message }` of its failure, as JSON text. */
  settle(call: number, isOk: boolean, json: string): void;
  /** Forgets the calls that have no answer: none will come. */
  forget(): void;
}

/**
 * Defines `tools`, with a function for each name, and `ToolError`. At most `atOnce` calls, and 4 Mi characters of input
 * unless one alone is longer, are at the host at one time; the rest wait here, on the guest's own memory.
 */
export function installTools(
  { define, parse, stringify, slice, indexOf }: Intrinsics,
  names: readonly string[],
  inputMax: number,
  atOnce: number,
  send: (call: number, name: string, input: string) => void,
): ToolCalls {
  interface Call {
    readonly name: string;
    readonly input: string;
    readonly resolve: (answer: unknown) => void;
    readonly reject: (error: unknown) => void;
    /** Made where the guest called, for the stack of a failure. */
    readonly site: Error;
    next: Call | undefined;
  }
  // All that is used after the guest's first line is kept here.
  const { Promise: OwnPromise, Error: OwnError } = globalThis;
  const { freeze } = Object;
  const charactersMax = 4_194_304;

  class ToolError extends Error {
    readonly tool: string;
    readonly code: string;
    constructor(tool: string, code: string, message: string) {
      super(message);
      this.tool = tool;
      this.code = code;
    }
  }
  define(ToolError.prototype, 'name', 'ToolError');

  const flying: Record<number, Call | undefined> = { __proto__: null } as never;
  // A queue linked by hand: it does not matter what the guest does to arrays.
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
      lastCall += 1;
      flying[lastCall] = call;
      send(lastCall, call.name, call.input);
    }
  };
  const failureOf = ({ name, site }: Call, code: string, message: string): ToolError => {
    const error = new ToolError(name, code, message);
    try {
      const { stack } = site;
      const frames = typeof stack === 'string' ? indexOf(stack, '\n') : -1;
      define(error, 'stack', `ToolError: ${message}${frames < 0 ? '' : slice(stack as string, frames)}`);
    } catch {
      // A hook of the guest's on stacks: it gets the error without one of ours.
    }
    return error;
  };
  const textOf = (name: string, input: unknown): string => {
    const text = stringify(input === undefined ? {} : input);
    if (text === undefined) throw new ToolError(name, 'INVALID_ARGUMENTS', 'The input is not JSON.');
    if (text.length <= inputMax) return text;
    throw new ToolError(name, 'VALUE_LIMIT', `The input is larger than limits.valueKb = ${inputMax / 1024} KiB.`);
  };

  const tools: Record<string, unknown> = { __proto__: null } as never;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    tools[name] = (input: unknown): Promise<unknown> =>
      new OwnPromise((resolve, reject) => {
        const call: Call = { name, input: textOf(name, input), resolve, reject, site: new OwnError(), next: undefined };
        if (last === undefined) first = call;
        else last.next = call;
        last = call;
        waiting += 1;
        launch();
      });
  }
  define(globalThis, 'tools', freeze(tools));
  define(globalThis, 'ToolError', ToolError);

  return {
    pending: () => waiting + inFlight,
    forget() {
      for (const number in flying) delete flying[number];
      first = last = undefined;
      inFlight = characters = waiting = 0;
    },
    settle(number, isOk, json) {
      const call = flying[number];
      if (call === undefined) return;
      delete flying[number];
      inFlight -= 1;
      characters -= call.input.length;
      const answer = parse(json);
      if (isOk) call.resolve(answer);
      else {
        const { code, message } = answer as { code: string; message: string };
        call.reject(failureOf(call, code, message));
      }
      launch();
    },
  };
}
