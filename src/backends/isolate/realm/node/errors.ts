import type { Kit } from './kit.ts';

/** Errors as Node makes them, for the modules of this folder. */
export interface NodeErrors {
  /** Throws an error with a code. */
  fail(Kind: ErrorConstructor, code: string, message: string): never;
  /** Throws for an argument of another type; `wanted` is such as `of type string`. */
  wrongType(name: string, wanted: string, value: unknown): never;
  outOfRange(name: string, wanted: string, value: unknown): never;
}

/** Makes these functions. */
export function createErrors({ formatter, intrinsics: { define } }: Kit): NodeErrors {
  const fail = (Kind: ErrorConstructor, code: string, message: string): never => {
    const error = new Kind(message);
    define(error, 'code', code);
    define(error, 'stack', String(error.stack).replace(error.name, `${error.name} [${code}]`));
    throw error;
  };
  const describe = (value: unknown): string => {
    if (value === null || value === undefined) return `${value}`;
    if (typeof value === 'function') return `function ${value.name}`;
    if (typeof value === 'object') {
      const name = (value as { constructor?: { name?: string } }).constructor?.name;
      return name ? `an instance of ${name}` : formatter.inspect(value, { depth: -1 });
    }
    const text = formatter.inspect(value, { colors: false });
    return `type ${typeof value} (${text.length > 28 ? `${text.slice(0, 25)}...` : text})`;
  };
  return {
    fail,
    wrongType: (name, wanted, value) =>
      fail(TypeError, 'ERR_INVALID_ARG_TYPE', `The ${name} argument must be ${wanted}. Received ${describe(value)}`),
    outOfRange: (name, wanted, value) =>
      fail(
        RangeError,
        'ERR_OUT_OF_RANGE',
        `The value of "${name}" is out of range. It must be ${wanted}. Received ${formatter.inspect(value)}`,
      ),
  };
}
