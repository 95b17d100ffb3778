import { randomBytes, randomUUIDv7 } from 'node:crypto';

/** A new identifier: a UUID of version 7, which sorts by creation time. */
export function newId(): string {
  return randomUUIDv7();
}

/** A new trace id: 32 hexadecimal digits, as in the `traceparent` of W3C Trace Context. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}
