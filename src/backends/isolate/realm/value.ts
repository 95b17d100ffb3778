import type { Formatter } from './console.ts';
import type { isFaithful } from './faithful.ts';
import type { Intrinsics } from './intrinsics.ts';
import type { Stacks } from './stacks.ts';

/** What a value or exception becomes on its way out: texts and nothing else. */
export interface Reporter {
  /**
   * `json` with JSON text, `repr` with the text of what JSON cannot say, `none`. JSON that is longer than `max` is not
   * checked: it goes nowhere.
   */
  describeValue(value: unknown, max?: number): { readonly kind: 'json' | 'repr' | 'none'; readonly text: string };
  /** Name, message and stack of whatever was thrown; never throws itself. */
  describeThrown(thrown: unknown): { readonly name: string; readonly message: string; readonly stack: string };
  /** The same for what left the isolate as a copy: the error itself, if it is known, says more. */
  describeCopy(copy: Readonly<Record<'name' | 'message' | 'stack', string>>): ReturnType<Reporter['describeThrown']>;
}

/** Makes the reporter. Getters, proxies and `toJSON` of the guest run inside it, and may throw or lie about themselves. */
export function createReporter(
  { stringify, slice, prototypeOf, isArray }: Intrinsics,
  { inspect }: Formatter,
  { errorOf }: Stacks,
  check: typeof isFaithful,
): Reporter {
  const { keys, hasOwn, getOwnPropertySymbols: symbolsOf, prototype: plainPrototype } = Object;
  const means = {
    ...{ prototypeOf, isArray, keys, symbolsOf, plainPrototype },
    apply: Reflect.apply,
    arrayPrototype: Array.prototype,
    dateToJson: Date.prototype.toJSON,
  };
  const OwnError = Error;
  const longest = 65_536;
  /** Nothing is left out of a value's text in silence: what is too deep or too much is named. */
  const wholly = { __proto__: null, depth: 100, maxArrayLength: 10_000, maxStringLength: 1_048_576 };
  const attempt = (make: () => unknown): string => {
    try {
      const text = make();
      return typeof text === 'string' ? slice(text, 0, longest) : '';
    } catch {
      return '';
    }
  };

  /** Whether Node prints more of an error than its stack. */
  const hasMore = (error: object): boolean => {
    if (!(error instanceof OwnError)) return false;
    if (hasOwn(error, 'cause') || hasOwn(error, 'errors')) return true;
    const names = keys(error);
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index];
      if (name !== 'name' && name !== 'message' && name !== 'stack') return true;
    }
    return false;
  };
  const nameOfKind = (thrown: object): string =>
    attempt(() => (thrown as { constructor?: { name?: unknown } }).constructor?.name) ||
    (typeof thrown === 'function' ? 'Function' : 'Object');

  const describeThrown: Reporter['describeThrown'] = (thrown) => {
    if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) {
      return { name: '', message: attempt(() => (typeof thrown === 'string' ? thrown : inspect(thrown))), stack: '' };
    }
    const error = thrown as { name?: unknown; message?: unknown; stack?: unknown };
    const message = attempt(() => error.message);
    const stack = attempt(() => error.stack);
    const name = attempt(() => error.name) || nameOfKind(thrown);
    if (message === '' && stack === '') return { name, message: attempt(() => inspect(thrown)), stack: '' };
    return { name, message, stack: (stack !== '' && attempt(() => (hasMore(thrown) ? inspect(thrown) : ''))) || stack };
  };

  return {
    describeValue(value, max = Number.POSITIVE_INFINITY) {
      if (value === undefined) return { kind: 'none', text: '' };
      try {
        const json = stringify(value);
        if (json !== undefined && (json.length > max || check(means, value))) return { kind: 'json', text: json };
      } catch {
        // Cyclic, a BigInt inside, or a getter that throws: its text says more than a failure would.
      }
      return { kind: 'repr', text: inspect(value, wholly) };
    },
    describeThrown,
    describeCopy(copy) {
      const error = copy.stack === '' ? undefined : errorOf(copy.stack);
      if (error === undefined) return copy;
      const known = describeThrown(error);
      return { name: copy.name || known.name, message: copy.message, stack: known.stack };
    },
  };
}
