import type { Intrinsics } from './intrinsics.ts';
import type { ToolQueue } from './tool-queue.ts';

/** Defines `tools`, with a function for each name, and `ToolError`. */
export function installTools(
  { define, parse, stringify, slice, indexOf }: Intrinsics,
  names: readonly string[],
  queue: ToolQueue,
): void {
  // Everything that is used after the guest's first line is kept here.
  const { Promise: OwnPromise, Error: OwnError } = globalThis;
  const { freeze } = Object;

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

  /** `site` is made at the guest's call, for the stack. */
  const failureOf = (name: string, site: Error, code: string, message: string): ToolError => {
    const error = new ToolError(name, code, message);
    try {
      const { stack } = site;
      const frames = typeof stack === 'string' ? indexOf(stack, '\n') : -1;
      define(error, 'stack', `ToolError: ${message}${frames < 0 ? '' : slice(stack as string, frames)}`);
    } catch {
      // A hook of the guest's for stacks: it gets the error without hotcell's stack.
    }
    return error;
  };

  const tools: Record<string, unknown> = { __proto__: null } as never;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    tools[name] = (input: unknown): Promise<unknown> =>
      new OwnPromise((resolve, reject) => {
        const text = stringify(input === undefined ? {} : input);
        if (text === undefined) throw new ToolError(name, 'INVALID_ARGUMENTS', 'The input is not JSON.');
        const site = new OwnError();
        queue.send(name, text, (isOk, json) => {
          const answer = parse(json);
          if (isOk) return resolve(answer);
          const { code, message } = answer as { code: string; message: string };
          reject(failureOf(name, site, code, message));
        });
      });
  }
  define(globalThis, 'tools', freeze(tools));
  define(globalThis, 'ToolError', ToolError);
}
