import type { DeepEqual } from './deep-equal.ts';
import type { NodeErrors } from './errors.ts';
import type { Kit } from './kit.ts';

/** Makes `assert` and `assert.strict`. */
export function createAssert({ formatter: { inspect }, load }: Kit): unknown {
  const { fail: failWith, wrongType } = load('errors') as NodeErrors;
  const deepEqual = load('deep-equal') as DeepEqual;
  interface Details {
    readonly message?: unknown;
    readonly actual?: unknown;
    readonly expected?: unknown;
    readonly operator?: string;
    readonly stackStartFn?: unknown;
    /** The message if the caller gave none. */
    readonly otherwise?: string;
  }
  class AssertionError extends Error {
    readonly code = 'ERR_ASSERTION';
    readonly generatedMessage: boolean;
    readonly actual: unknown;
    readonly expected: unknown;
    readonly operator: string | undefined;
    constructor(details: Details) {
      const { message, actual, expected, operator, stackStartFn, otherwise } = details;
      super(
        message === undefined ? (otherwise ?? `${inspect(actual)} ${operator} ${inspect(expected)}`) : `${message}`,
      );
      this.generatedMessage = message === undefined;
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
      Object.defineProperty(this, 'name', { value: 'AssertionError', writable: true, configurable: true });
      if (typeof stackStartFn === 'function') Error.captureStackTrace(this, stackStartFn);
      const { stack } = this;
      Object.defineProperty(this, 'stack', {
        value: String(stack).replace(/^AssertionError(?: \[ERR_ASSERTION\])?/u, 'AssertionError [ERR_ASSERTION]'),
        writable: true,
        configurable: true,
      });
    }
  }
  const raise = (details: Details): never => {
    if (details.message instanceof Error) throw details.message;
    throw new AssertionError(details);
  };
  const compared = (title: string, actual: unknown, expected: unknown): string => {
    const [a, b] = [inspect(actual), inspect(expected)];
    const isShort = !a.includes('\n') && !b.includes('\n') && a.length + b.length < 75;
    if (isShort) return `${title}\n\n${a} !== ${b}\n`;
    const [left, right] = [a.split('\n'), b.split('\n')];
    let start = 0;
    while (start < left.length && left[start] === right[start]) start += 1;
    let end = 0;
    while (end < Math.min(left.length, right.length) - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
    const same = (lines: string[]): string[] => lines.map((line) => `  ${line}`);
    return [
      title,
      '+ actual - expected',
      '',
      ...same(left.slice(0, start)),
      ...left.slice(start, left.length - end).map((line) => `+ ${line}`),
      ...right.slice(start, right.length - end).map((line) => `- ${line}`),
      ...same(end > 0 ? left.slice(-end) : []),
      '',
    ].join('\n');
  };

  const ok = (value: unknown, message?: unknown): void => {
    if (!value)
      raise({
        message,
        actual: value,
        expected: true,
        operator: '==',
        stackStartFn: ok,
        otherwise: 'The expression evaluated to a falsy value',
      });
  };
  /** A check of two values, and the message if it fails. */
  const check =
    (operator: string, holds: (actual: unknown, expected: unknown) => boolean, title: string) =>
    (actual: unknown, expected: unknown, message?: unknown): void => {
      if (!holds(actual, expected)) {
        raise({ message, actual, expected, operator, otherwise: compared(title, actual, expected) });
      }
    };
  // biome-ignore lint/suspicious/noDoubleEquals: this is what the loose comparison means
  const isLike = (a: unknown, b: unknown): boolean => a == b || Object.is(a, b);
  const strictEqual = check('strictEqual', Object.is, 'Expected values to be strictly equal:');
  const notStrictEqual = check(
    'notStrictEqual',
    (a, b) => !Object.is(a, b),
    'Expected "actual" to be strictly unequal to:',
  );
  const deepStrictEqual = check(
    'deepStrictEqual',
    (a, b) => deepEqual(a, b, true),
    'Expected values to be strictly deep-equal:',
  );
  const notDeepStrictEqual = check(
    'notDeepStrictEqual',
    (a, b) => !deepEqual(a, b, true),
    'Expected "actual" not to be strictly deep-equal to:',
  );

  /** Whether what was thrown is what was expected; throws if the expectation says how it is not. */
  const isExpected = (thrown: unknown, expected: unknown, message: unknown): boolean => {
    if (expected instanceof RegExp) return expected.test(String(thrown));
    if (typeof expected === 'function') {
      if (expected.prototype !== undefined && thrown instanceof expected) return true;
      if (Error.prototype.isPrototypeOf.call(Error, expected) || expected === Error) return false;
      return Reflect.apply(expected, {}, [thrown]) === true;
    }
    for (const key of [...Object.keys(expected as object), ...(expected instanceof Error ? ['name', 'message'] : [])]) {
      const wanted = (expected as Record<string, unknown>)[key];
      const actual = (thrown as Record<string, unknown> | null)?.[key];
      const fits =
        wanted instanceof RegExp && typeof actual === 'string' ? wanted.test(actual) : deepEqual(actual, wanted, true);
      if (!fits) {
        raise({
          ...{ message, actual: thrown, expected, operator: 'throws' },
          otherwise: compared(`Expected "${key}" of what was thrown to be another:`, actual, wanted),
        });
      }
    }
    return true;
  };
  const judge = (
    caught: { thrown: unknown } | undefined,
    given: readonly unknown[],
    operator: 'throws' | 'rejects',
  ): void => {
    const [expected, message] = typeof given[0] === 'string' ? [undefined, given[0]] : given;
    if (!caught) {
      const what = operator === 'throws' ? 'exception' : 'rejection';
      const named = typeof expected === 'function' && expected.name !== '' ? ` (${expected.name})` : '';
      raise({
        actual: undefined,
        expected,
        operator,
        message:
          message instanceof Error
            ? message
            : `Missing expected ${what}${named}${message === undefined ? '.' : `: ${message}`}`,
      });
    } else if (expected !== undefined && !isExpected(caught.thrown, expected, message)) {
      if (expected instanceof RegExp) {
        raise({
          message,
          actual: caught.thrown,
          expected,
          operator,
          otherwise: `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(caught.thrown))}\n`,
        });
      }
      throw caught.thrown;
    }
  };
  const settled = async (given: unknown): Promise<{ thrown: unknown } | undefined> => {
    const promise = typeof given === 'function' ? (given as () => unknown)() : given;
    if (typeof (promise as { then?: unknown } | null)?.then !== 'function')
      wrongType('"promiseFn"', 'of type function or an instance of Promise', promise);
    try {
      await promise;
      return undefined;
    } catch (thrown) {
      return { thrown };
    }
  };
  const caught = (run: unknown): { thrown: unknown } | undefined => {
    if (typeof run !== 'function') return wrongType('"fn"', 'of type function', run);
    try {
      run();
      return undefined;
    } catch (thrown) {
      return { thrown };
    }
  };
  const unwanted = (found: { thrown: unknown } | undefined, given: readonly unknown[], what: string): void => {
    if (!found) return;
    const message = given.find((each) => typeof each === 'string');
    const own = (found.thrown as Error | null)?.message;
    raise({
      actual: found.thrown,
      operator: what === 'exception' ? 'doesNotThrow' : 'doesNotReject',
      message: `Got unwanted ${what}${message === undefined ? '.' : `: ${message}`}\nActual message: "${own}"`,
    });
  };
  const matchText =
    (isWanted: boolean) =>
    (text: unknown, pattern: unknown, message?: unknown): void => {
      if (!(pattern instanceof RegExp)) wrongType('"regexp"', 'an instance of RegExp', pattern);
      if (typeof text === 'string' && (pattern as RegExp).test(text) === isWanted) return;
      raise({
        message,
        actual: text,
        expected: pattern,
        operator: isWanted ? 'match' : 'doesNotMatch',
        otherwise: `The input ${isWanted ? 'did not match' : 'was expected to not match'} the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`,
      });
    };

  const common = {
    ok,
    AssertionError,
    strictEqual,
    notStrictEqual,
    deepStrictEqual,
    notDeepStrictEqual,
    partialDeepStrictEqual: (actual: never, expected: object, message?: unknown) => {
      for (const key of Object.keys(expected)) deepStrictEqual(actual[key as never], expected[key as never], message);
    },
    fail: (message?: unknown) => raise({ message: message ?? 'Failed', operator: 'fail', stackStartFn: common.fail }),
    throws: (run: unknown, ...given: unknown[]) => judge(caught(run), given, 'throws'),
    doesNotThrow: (run: unknown, ...given: unknown[]) => unwanted(caught(run), given, 'exception'),
    rejects: async (given: unknown, ...more: unknown[]) => judge(await settled(given), more, 'rejects'),
    doesNotReject: async (given: unknown, ...more: unknown[]) => unwanted(await settled(given), more, 'rejection'),
    match: matchText(true),
    doesNotMatch: matchText(false),
    ifError: (value: unknown) => {
      if (value === null || value === undefined) return;
      const message = (value as Error).message ?? inspect(value);
      raise({
        message: `ifError got unwanted exception: ${message}`,
        actual: value,
        expected: null,
        operator: 'ifError',
      });
    },
    CallTracker: () => failWith(Error, 'ERR_FEATURE_UNAVAILABLE', 'assert.CallTracker is not available here.'),
  };
  const strict = Object.assign((value: unknown, message?: unknown) => ok(value, message), common, {
    equal: strictEqual,
    notEqual: notStrictEqual,
    deepEqual: deepStrictEqual,
    notDeepEqual: notDeepStrictEqual,
  });
  const assert = Object.assign((value: unknown, message?: unknown) => ok(value, message), common, {
    equal: check('==', isLike, 'Expected values to be loosely equal:'),
    notEqual: check('!=', (a, b) => !isLike(a, b), 'Expected "actual" to be loosely unequal to:'),
    deepEqual: check('deepEqual', (a, b) => deepEqual(a, b, false), 'Expected values to be loosely deep-equal:'),
    notDeepEqual: check(
      'notDeepEqual',
      (a, b) => !deepEqual(a, b, false),
      'Expected "actual" not to be loosely deep-equal to:',
    ),
    strict,
  });
  Object.assign(strict, { strict });
  return assert;
}
