import { textOfThrown } from '../contract/schema/thrown.ts';
import { CallerError } from '../support/caller-values.ts';

/** Options nest no deeper; what does stays as it is. */
const depthMax = 8;
/** Members of one list. */
const listMax = 10_000;

/**
 * A copy of a caller's options. Plain objects and arrays are read here, once. Functions, instances of classes and the
 * members in `kept` stay the caller's own. Members that are `undefined` are left out.
 * @throws {CallerError} that names what cannot be read, or is too long
 */
export function snapshot(value: unknown, kept: readonly string[] = []): unknown {
  return copy(value, '', 0, kept);
}

function copy(value: unknown, path: string, depth: number, kept: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || depth > depthMax || kept.includes(path)) return value;
  const [kind, names] = readAt(path, () => inspect(value));
  if (kind === 'other') return value;
  if (names.length > listMax) throw new CallerError(`${nameOf(path)} has more than ${listMax} members`);
  const members = names.map((name) => {
    const inner = path === '' ? String(name) : `${path}.${String(name)}`;
    const member = readAt(inner, () => (value as Readonly<Record<string | number, unknown>>)[name]);
    return [name, copy(member, inner, depth + 1, kept)] as const;
  });
  if (kind === 'list') return members.map(([, member]) => member);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

/** Of which kind an object is, and the names of its members. */
function inspect(value: object): readonly ['list' | 'plain' | 'other', readonly (string | number)[]] {
  if (Array.isArray(value)) return ['list', Array.from({ length: Math.min(value.length, listMax + 1) }, (_, at) => at)];
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? ['plain', Object.keys(value)] : ['other', []];
}

function readAt<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new CallerError(`${nameOf(path)} cannot be read (${textOfThrown(error)})`);
  }
}

function nameOf(path: string): string {
  return path === '' ? 'the object' : path;
}
