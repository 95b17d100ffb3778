import { printable } from './issues.ts';
import type { JsonValue } from './json.ts';

/** Deeper values break whoever parses or serialises them again, in one language or another. */
const depthMax = 500;

/** A value that JSON cannot say; the message is a sentence without its beginning and its full stop. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

/**
 * JSON text of a value that JSON can say faithfully; `undefined` is `null` at the top and left out in objects.
 * @throws {NotJsonError} with the path of what JSON cannot say (NaN, cycles, functions, class instances), or where the
 * text is too long. `path` names the whole value.
 */
export function serialiseJson(value: unknown, path: string, maxBytes: number): string {
  if (value === undefined) return 'null';
  checkJson(value, path);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxBytes) {
    throw new NotJsonError(`${path} must not be larger than ${maxBytes} bytes as JSON`);
  }
  return text;
}

/** The value that JSON text says; `undefined` where it says none, or one nested deeper than 500 levels. */
export function parseJson(text: string): JsonValue | undefined {
  if (isDeep(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Whether brackets nest deeper than {@link depthMax}, counted outside of strings. */
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
 * Checks that JSON can say a value faithfully; `undefined` may be in objects.
 * @throws {NotJsonError} as {@link serialiseJson} does.
 */
export function checkJson(value: unknown, path: string): void {
  checkPart(value, path, new Set(), path);
}

function checkPart(value: unknown, path: string, ancestors: Set<object>, whole: string): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw new NotJsonError(`${printable(path)} must be JSON, but is ${value}`);
    case 'object':
      break;
    default:
      throw new NotJsonError(`${printable(path)} must be JSON, but is a ${typeof value}`);
  }
  if (value === null) return;
  if (ancestors.has(value)) throw new NotJsonError(`${printable(path)} must be JSON, but is cyclic`);
  if (ancestors.size >= depthMax) throw new NotJsonError(`${whole} must not be nested deeper than ${depthMax} levels`);
  ancestors.add(value);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkPart(item, `${path}[${index}]`, ancestors, whole);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      const reason = `must be JSON, but is an instance of ${printable(className(prototype))}`;
      throw new NotJsonError(`${printable(path)} ${reason}`);
    }
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) checkPart(item, `${path}.${key}`, ancestors, whole);
    }
  }
  ancestors.delete(value);
}

function className(prototype: unknown): string {
  const { constructor: made } = prototype as { constructor?: unknown };
  return typeof made === 'function' ? made.name : 'a class';
}
