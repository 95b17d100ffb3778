import { randomUUIDv7 } from 'node:crypto';

/** A new identifier: a UUID of version 7, so that identifiers sort by the time they were made at. */
export function newId(): string {
  return randomUUIDv7();
}
