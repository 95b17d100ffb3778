import { runInNewContext } from 'node:vm';
import type { Engine, ExecutionRequest } from 'hotcell';

/** One thing that a caller hands in, and how the call must end. Each runs in a child process, which must live. */
export interface HostileCase {
  /** The row of `docs/callers.md` that says what holds. */
  readonly row: string;
  readonly name: string;
  /** The outcome of what this returns or throws is told as a text; see `run-cases.ts`. */
  readonly run: (engine: Engine) => unknown;
  readonly ends: RegExp;
}

/** What is thrown by those who mean harm: nothing about it can be read. */
export function unreadable(): object {
  const refuse = (): never => {
    throw new Error('a trap');
  };
  return new Proxy(
    {},
    { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse },
  );
}

/** An object whose `name` cannot be read, beside others that can. */
export function trapped(name: string, rest: object = {}): never {
  return Object.defineProperty({ ...rest }, name, {
    enumerable: true,
    get() {
      throw new Error(`no ${name} for you`);
    },
  }) as never;
}

/** Evaluated in another realm, where `Error`, `Promise`, `Map` and `Uint8Array` are other ones. */
export function foreign<Value>(code: string): Value {
  return runInNewContext(code) as Value;
}

export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Throws what it is given. */
export function raise(thrown: unknown): never {
  throw thrown;
}

/** The limits of what is to hang. */
export const briefly = { timeoutMs: 700 } as const;

/** A request for JavaScript. What is to hang has `briefly`. */
export function ask(request: Partial<Record<keyof ExecutionRequest, unknown>> = {}): ExecutionRequest {
  return { language: 'javascript', code: '1', limits: { timeoutMs: 10_000 }, ...request } as ExecutionRequest;
}

/** A thenable of somebody's own making. */
export function thenable(then: (done: (value: unknown) => void) => void): unknown {
  return Object.fromEntries([['then', then]]);
}
