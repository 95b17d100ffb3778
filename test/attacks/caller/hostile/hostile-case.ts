import { runInNewContext } from 'node:vm';
import type { Engine, ExecutionRequest } from 'hotcell';

/** One value that a caller passes in, and how the call must end. Each runs in a child process, which must survive. */
export interface HostileCase {
  /** The row of `docs/callers.md` with the promise. */
  readonly row: string;
  readonly name: string;
  /** The outcome of its result or exception as a text; see `run-cases.ts`. */
  readonly run: (engine: Engine) => unknown;
  readonly ends: RegExp;
}

/** A hostile exception: nothing about it can be read. */
export function unreadable(): object {
  const refuse = (): never => {
    throw new Error('a trap');
  };
  return new Proxy(
    {},
    { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse },
  );
}

/** An object whose `name` cannot be read, with other members that can. */
export function trapped(name: string, rest: object = {}): never {
  return Object.defineProperty({ ...rest }, name, {
    enumerable: true,
    get() {
      throw new Error(`no ${name} for you`);
    },
  }) as never;
}

/** Evaluated in another realm, which has its own `Error`, `Promise`, `Map` and `Uint8Array`. */
export function foreign<Value>(code: string): Value {
  return runInNewContext(code) as Value;
}

export function never(): Promise<never> {
  return new Promise(() => undefined);
}

export function raise(thrown: unknown): never {
  throw thrown;
}

/** The limits of calls that hang. */
export const briefly = { timeoutMs: 700 } as const;

/** A request for JavaScript. Calls that hang use `briefly`. */
export function ask(request: Partial<Record<keyof ExecutionRequest, unknown>> = {}): ExecutionRequest {
  return { language: 'javascript', code: '1', limits: { timeoutMs: 10_000 }, ...request } as ExecutionRequest;
}

/** A thenable that is not a promise. */
export function thenable(then: (done: (value: unknown) => void) => void): unknown {
  return Object.fromEntries([['then', then]]);
}
