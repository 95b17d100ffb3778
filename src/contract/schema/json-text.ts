import { printable } from './issues.ts';
import type { JsonValue } from './json.ts';
import { textOfThrown } from './thrown.ts';

/** Deeper values break parsers or serialisers in one language or another. */
const depthMax = 500;

/** A value that JSON cannot represent. The message is part of a sentence, without a full stop. */
export class NotJsonError extends Error {
  override readonly name: string = 'NotJsonError';
}

/** The value is longer than allowed. */
export class TooLongError extends NotJsonError {}

/**
 * JSON text of a value that JSON represents faithfully. `undefined` becomes `null` at the top and is left out in
 * objects. Each member of the caller's value is read once, so a value that changes or is endless does no harm.
 * @throws {NotJsonError} with the path of a value that JSON cannot represent (NaN, cycles, functions, class instances)
 * or that cannot be read; {@link TooLongError} if the text is too long. `path` names the whole value.
 */
export function serialiseJson(value: unknown, path: string, maxBytes: number): string {
  if (value === undefined) return 'null';
  const text = JSON.stringify(copyJson(value, path, maxBytes));
  if (Buffer.byteLength(text) > maxBytes) throw tooLong(path, maxBytes);
  return text;
}

function tooLong(path: string, maxBytes: number): TooLongError {
  return new TooLongError(`${path} must not be larger than ${maxBytes} bytes as JSON`);
}

/** The value of a JSON text; `undefined` if it is malformed or nested deeper than 500 levels. */
export function parseJson(text: string): JsonValue | undefined {
  if (isDeep(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Whether brackets outside strings nest deeper than {@link depthMax}. */
function isDeep(text: string): boolean {
  if (text.length <= depthMax) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') {
      index += 1;
      while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
    } else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (character === ']' || character === '}') {
      depth -= 1;
    }
  }
  return false;
}

/**
 * A copy of plain objects and arrays; leaves `undefined` out of objects. Stops when its text would be too long, so that
 * endless values end too.
 * @throws {NotJsonError} as {@link serialiseJson} does
 */
export function copyJson(value: unknown, whole: string, maxBytes: number = Infinity): JsonValue {
  const ancestors = new Set<object>();
  /** Path to the current value: names and indexes. */
  const trail: (string | number)[] = [];
  let bytesLeft = maxBytes;

  // Identifies the error made here; the caller's value can throw anything.
  let refusal: NotJsonError | undefined;
  const refuse = (error: NotJsonError): NotJsonError => {
    refusal = error;
    return error;
  };
  const wrong = (reason: string): NotJsonError => {
    const steps = trail.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
    return refuse(new NotJsonError(`${printable(whole + steps.join(''))} must be JSON, but ${reason}`));
  };
  const spend = (bytes: number): void => {
    bytesLeft -= bytes;
    if (bytesLeft < 0) throw refuse(tooLong(whole, maxBytes));
  };
  const copyAt = (step: string | number, item: unknown): JsonValue => {
    trail.push(step);
    const copied = copy(item);
    trail.pop();
    return copied;
  };
  const copyList = (list: readonly unknown[]): JsonValue[] => {
    const { length } = list;
    const items: JsonValue[] = [];
    for (let index = 0; index < length; index += 1) items.push(copyAt(index, list[index]));
    return sayingItself(items);
  };
  const copyMembers = (object: object): JsonValue => {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw wrong(`is an instance of ${printable(className(prototype))}`);
    }
    const members: Record<string, JsonValue> = {};
    for (const key of Object.keys(object)) {
      const item = (object as Readonly<Record<string, unknown>>)[key];
      if (item === undefined) continue;
      spend(key.length + 3);
      define(members, key, copyAt(key, item));
    }
    return sayingItself(members);
  };
  const copy = (item: unknown): JsonValue => {
    spend(1);
    switch (typeof item) {
      case 'string':
        spend(item.length + 1);
        return item;
      case 'boolean':
        return item;
      case 'number':
        if (Number.isFinite(item)) return item;
        throw wrong(`is ${item}`);
      case 'object':
        break;
      default:
        throw wrong(`is a ${typeof item}`);
    }
    if (item === null) return item;
    if (ancestors.has(item)) throw wrong('is cyclic');
    if (ancestors.size >= depthMax)
      throw refuse(new NotJsonError(`${whole} must not be nested deeper than ${depthMax} levels`));
    ancestors.add(item);
    // An empty list has two characters, and a comma or a closing bracket follows each value.
    spend(1);
    const copied = Array.isArray(item) ? copyList(item) : copyMembers(item);
    ancestors.delete(item);
    return copied;
  };

  try {
    return copy(value);
  } catch (error) {
    if (error === refusal) throw error;
    throw wrong(`cannot be read (${printable(textOfThrown(error))})`);
  }
}

/** Sets an own member, also where all objects have one of that name, such as `__proto__`. */
function define(members: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (!(name in members)) members[name] = value;
  else Object.defineProperty(members, name, { value, configurable: true, enumerable: true, writable: true });
}

/** The same, also where the program has given all lists or objects a `toJSON`, which would speak for it. */
function sayingItself<Value extends object>(copied: Value): Value {
  if (!('toJSON' in copied) || Object.hasOwn(copied, 'toJSON')) return copied;
  return Object.defineProperty(copied, 'toJSON', { value: undefined });
}

function className(prototype: unknown): string {
  const { constructor: made } = prototype as { constructor?: unknown };
  return typeof made === 'function' ? String(made.name) : 'a class';
}
