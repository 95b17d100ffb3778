import { HotcellError } from '../api/errors.ts';
import { describeIssues, printable } from '../schema/issues.ts';
import { copyJson, NotJsonError } from '../schema/json-text.ts';
import type { Derived, Place } from './derive.ts';
import { ContentPacker, unpackContent, type WireBytes, type WireOptions } from './wire-bytes.ts';

/**
 * A value in a form that JSON can represent.
 * @throws {HotcellError} `INVALID_REQUEST` with the path of a value that cannot be sent; whatever `store` throws.
 */
export async function encodeValue(what: string, value: unknown, place: Place, options: WireOptions): Promise<unknown> {
  const packer = new ContentPacker(options);
  try {
    const encoded = encodeAt(value, place, '', packer);
    await packer.finish();
    return encoded;
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    throw new HotcellError('INVALID_REQUEST', `The ${what} has no wire form: ${error.message}.`);
  }
}

/**
 * The value of a wire form.
 * @throws {HotcellError} `INVALID_REQUEST` with path and reason; whatever `load` throws.
 */
export async function decodeValue(
  what: string,
  wire: unknown,
  { schema, place }: Derived,
  options: WireOptions,
): Promise<unknown> {
  const checked = schema.safeParse(wire);
  if (!checked.success) {
    throw new HotcellError('INVALID_REQUEST', `The ${what} is invalid: ${describeIssues(checked.error)}.`);
  }
  return await decodeAt(checked.data, place, '', options);
}

function encodeAt(value: unknown, place: Place, path: string, packer: ContentPacker): unknown {
  if (place === 'json') {
    return value === undefined ? undefined : copyJson(value, path);
  }
  if (place === 'bytes' && (typeof value === 'string' || value instanceof Uint8Array)) return packer.pack(value);
  const reason = whyUnsendable(value);
  if (reason !== undefined) throw new NotJsonError(`${printable(path) || 'it'} is ${reason} and cannot be sent`);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => encodeAt(item, below(place, index), `${path}[${index}]`, packer));
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // In an object with functions, those come first: they give the clearest message.
  entries.sort(([, a], [, b]) => Number(typeof b === 'function') - Number(typeof a === 'function'));
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      encodeAt(item, below(place, name), path === '' ? name : `${path}.${name}`, packer),
    ]),
  );
}

async function decodeAt(value: unknown, place: Place, path: string, options: WireOptions): Promise<unknown> {
  if (place === undefined || place === 'json' || typeof value !== 'object' || value === null) return value;
  if (place === 'bytes') return await unpackContent(value as WireBytes, path, options.load);
  const entries: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    const inner = below(place, name);
    entries.push([name, inner ? await decodeAt(item, inner, path === '' ? name : `${path}.${name}`, options) : item]);
  }
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function below(place: Place, name: string | number): Place {
  if (typeof place !== 'object') return undefined;
  return 'each' in place ? place.each : place.fields.get(String(name));
}

/** Describes a value that has no form in JSON; `undefined` if it has one. */
function whyUnsendable(value: unknown): string | undefined {
  switch (typeof value) {
    case 'function':
    case 'symbol':
    case 'bigint':
      return `a ${typeof value}`;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'object':
      return value === null || Array.isArray(value) ? undefined : whyUnsendableObject(value);
    default:
      return undefined;
  }
}

function whyUnsendableObject(value: object): string | undefined {
  if (value instanceof AbortSignal) return 'an AbortSignal';
  if (value instanceof Uint8Array) return 'a Uint8Array in the place of something else';
  if (Symbol.asyncIterator in value) return 'an open stream';
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain objects of another realm are plain, too.
  return prototype === null || Object.getPrototypeOf(prototype) === null ? undefined : 'an instance of a class';
}
