import type { Intrinsics } from './intrinsics.ts';

/** What the check needs, from before the guest's first line. */
export interface FaithfulMeans extends Pick<Intrinsics, 'prototypeOf' | 'isArray'> {
  readonly keys: (value: object) => string[];
  readonly symbolsOf: (value: object) => symbol[];
  readonly apply: typeof Reflect.apply;
  readonly plainPrototype: object;
  readonly arrayPrototype: object;
  readonly dateToJson: unknown;
}

/** Objects whose parts are still to be looked at, linked by hand, so that changes of the guest to arrays do not matter. */
interface Left {
  readonly value: object;
  readonly next: Left | undefined;
}

/**
 * Whether JSON, which could be made of a value, says what the value says. As much work as the text is long. A part of the
 * realm's script by itself, so that V8 need not compile it in each realm.
 */
export function isFaithful(means: FaithfulMeans, whole: unknown): boolean {
  const { prototypeOf, isArray, keys, symbolsOf, apply, plainPrototype, arrayPrototype, dateToJson } = means;
  let left: Left | undefined = { value: { '': whole }, next: undefined };
  while (left !== undefined) {
    const { value: holder }: Left = left;
    left = left.next;
    const prototype = prototypeOf(holder);
    const names = keys(holder);
    if (symbolsOf(holder).length > 0) return false;
    if (isArray(holder)) {
      // Holes, and names beside the elements.
      if (prototype !== arrayPrototype || names.length !== (holder as unknown[]).length) return false;
    } else if (prototype !== null && prototype !== plainPrototype) return false;
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] as string;
      let value: unknown = holder[name as never];
      if ((typeof value === 'object' && value !== null) || typeof value === 'bigint') {
        const { toJSON } = value as { toJSON?: unknown };
        if (typeof toJSON === 'function') {
          value = apply(toJSON as () => unknown, value, [name]);
          // An invalid date.
          if (value === null && toJSON === dateToJson) return false;
        }
      }
      if (typeof value === 'object' && value !== null) left = { value, next: left };
      else if (typeof value === 'number') {
        if (value - value !== 0) return false;
      } else if (value === undefined && !isArray(holder)) {
        // JSON leaves the member out, and reading it gives `undefined` either way.
      } else if (typeof value !== 'string' && typeof value !== 'boolean' && value !== null) return false;
    }
  }
  return true;
}
