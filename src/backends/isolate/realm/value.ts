import type { Formatter } from './console.ts';
import type { Intrinsics } from './intrinsics.ts';

/** What a value or exception becomes on its way out: texts and nothing else. */
export interface Reporter {
  /** `json` with JSON text, `repr` with the text of what JSON cannot say, `none`. */
  describeValue(value: unknown): { readonly kind: 'json' | 'repr' | 'none'; readonly text: string };
  /** Name, message and stack of whatever was thrown; never throws itself. */
  describeThrown(thrown: unknown): { readonly name: string; readonly message: string; readonly stack: string };
}

/** Makes the reporter. Getters, proxies and `toJSON` of the guest run inside it, and may throw or lie about themselves. */
export function createReporter(
  { stringify, slice, prototypeOf, isView }: Intrinsics,
  { inspect }: Formatter,
): Reporter {
  const plainPrototype = Object.prototype;
  const longest = 65_536;
  const attempt = (make: () => unknown): string => {
    try {
      const text = make();
      return typeof text === 'string' ? slice(text, 0, longest) : '';
    } catch {
      return '';
    }
  };
  /** Whether JSON text tells less than there is: a Map is `{}` in JSON, a typed array an object. */
  const isUnfaithful = (value: object, json: string): boolean => {
    if (isView(value)) return true;
    if (json !== '{}') return false;
    const prototype = prototypeOf(value);
    return prototype !== null && prototype !== plainPrototype && !('toJSON' in value);
  };
  return {
    describeValue(value) {
      if (value === undefined) return { kind: 'none', text: '' };
      if (typeof value !== 'number' || (value - value === 0 && value !== Number.POSITIVE_INFINITY)) {
        try {
          const json = stringify(value);
          if (json !== undefined && !(typeof value === 'object' && value !== null && isUnfaithful(value, json))) {
            return { kind: 'json', text: json };
          }
        } catch {
          // Cyclic, a BigInt inside, or a getter that throws: its text says more than a failure would.
        }
      }
      return { kind: 'repr', text: inspect(value) };
    },
    describeThrown(thrown) {
      if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) {
        return { name: '', message: attempt(() => (typeof thrown === 'string' ? thrown : inspect(thrown))), stack: '' };
      }
      const error = thrown as { name?: unknown; message?: unknown; stack?: unknown };
      const message = attempt(() => error.message);
      const stack = attempt(() => error.stack);
      if (message === '' && stack === '') return { name: '', message: attempt(() => inspect(thrown)), stack: '' };
      return { name: attempt(() => error.name), message, stack };
    },
  };
}
