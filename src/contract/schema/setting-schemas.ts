/** Parts of the schemas of settings: of an engine's options and of the command's. One value has one message, which says what to write. */
import { z } from 'zod';
import { unknownNames } from './known-names.ts';
import type { ShapeOf } from './schema-parts.ts';

/** A value as a message shows it: nothing of an object, and little of a text. */
function shown(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return `a ${typeof value}`;
}

/** A setting that a test takes; `wanted` says what it can be. The value is shown, so it must not be a secret. */
export function setting<Value>(wanted: string, isSound: (value: unknown) => boolean): z.ZodType<Value, Value> {
  return z.custom<Value>(isSound, { error: ({ input }) => `must be ${wanted}, but is ${shown(input)}` });
}

/** A whole number in a range. */
export function wholeSetting(least: number, most: number): z.ZodType<number, number> {
  const isWhole = (value: unknown): boolean =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
  return setting(`a whole number from ${least} to ${most}`, isWhole);
}

/** `true` or `false`. */
export const switchSetting: z.ZodType<boolean, boolean> = setting(
  'true or false',
  (value) => typeof value === 'boolean',
);

/** A text that is not shown: it can be long, or hold a password. */
export function textSetting(wanted: string, pattern: RegExp = /./): z.ZodType<string, string> {
  const isText = (value: unknown): boolean => typeof value === 'string' && pattern.test(value) && !value.includes('\0');
  return z.custom<string>(isText, `must be ${wanted}`);
}

/** One of some names. */
export function nameSetting<const Name extends string>(names: readonly Name[]): z.ZodType<Name, Name> {
  const wanted = names.length === 1 ? names.join('') : `one of ${names.join(', ')}`;
  return setting(wanted, (value) => names.some((name) => name === value));
}

/** A list whose length is in a range. */
export function listSetting<Item>(
  item: z.ZodType<Item, Item>,
  least: number,
  most: number,
  wanted: string,
): z.ZodType<readonly Item[], readonly Item[]> {
  const isList = (value: unknown): boolean => Array.isArray(value) && value.length >= least && value.length <= most;
  return setting<Item[]>(`a list of ${least} to ${most} ${wanted}`, isList).pipe(z.array(item));
}

/** An object of settings by their names. Unknown names are refused; `undefined` counts as not given. */
export function settings<Options>(fields: ShapeOf<Options>, orElse = ''): z.ZodType<Options, Options> {
  const optional = Object.entries<z.ZodType>(fields).map(([name, field]) => [name, field.optional()] as const);
  const error = unknownNames(Object.keys(fields));
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  // `z.strictObject` leaves this name out, and does not say so.
  const hasProto = (value: object): boolean => Object.hasOwn(value, '__proto__');
  return setting<object>(`an object of settings${orElse}`, isObject)
    .refine((value) => !hasProto(value), '"__proto__" is unknown')
    .pipe(z.strictObject(Object.fromEntries(optional), { error })) as unknown as z.ZodType<Options, Options>;
}
