import type { JsonValue } from '../contract/schema/json.ts';
import { UniqueNames } from './unique-names.ts';

/** How to redact the leaves of a value; each function returns its argument unchanged if there is nothing to redact. */
export interface LeafRedaction {
  /** A string, or the name of a member. */
  text(text: string): string;
  /** A string that is the member `name` of an object. */
  member(name: string, text: string): string;
  number(value: number): number | string;
}

type Members = { [name: string]: JsonValue };

/**
 * A redacted copy of a value, including names of members. Works at any depth without recursion; members whose names
 * become equal are numbered; `__proto__` is an ordinary name.
 */
export function redactValue(value: JsonValue, leaf: LeafRedaction): JsonValue {
  // Containers still to be filled. A list instead of recursion, because the guest chooses the depth.
  const pending: (() => void)[] = [];
  // The same few names occur again and again.
  const cleanNames = new Set<string>();

  const redactName = (name: string): string => {
    if (cleanNames.has(name)) return name;
    const redacted = leaf.text(name);
    if (redacted === name) cleanNames.add(name);
    return redacted;
  };

  const copy = (item: JsonValue): JsonValue => {
    if (typeof item === 'string') return leaf.text(item);
    if (typeof item === 'number') return leaf.number(item);
    if (item === null || typeof item === 'boolean') return item;
    if (Array.isArray(item)) {
      const items: JsonValue[] = [];
      pending.push(() => {
        for (const from of item) items.push(copy(from));
      });
      return items;
    }
    const members: Members = {};
    pending.push(() => copyMembers(item, members));
    return members;
  };

  const copyMembers = (from: Members, into: Members): void => {
    const redacted = new Map<string, string>();
    for (const name of Object.keys(from)) redacted.set(name, redactName(name));
    const names = new UniqueNames(redacted.keys().filter((name) => redacted.get(name) === name));
    for (const [name, item] of Object.entries(from)) {
      const clean = redacted.get(name) as string;
      const copied = typeof item === 'string' ? leaf.member(name, item) : copy(item);
      define(into, clean === name ? name : names.take(clean), copied);
    }
  };

  const result = copy(value);
  for (let fill = pending.pop(); fill; fill = pending.pop()) fill();
  return result;
}

/** Sets an own member. */
function define(members: Members, name: string, value: JsonValue): void {
  if (name !== '__proto__') members[name] = value;
  else Object.defineProperty(members, name, { value, configurable: true, enumerable: true, writable: true });
}
