import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { TraceIds } from '../contract/api/engine-events.ts';

/** A new identifier: a UUID of version 7, which sorts by creation time. */
export function newId(): string {
  return randomUUIDv7();
}

/** A new trace id: 32 hexadecimal digits, as in the `traceparent` of W3C Trace Context. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

/** What the events of a call or a session say of its `ExecutionContext`. */
export function traceIds({
  traceId,
  parentId,
  principal,
}: Omit<TraceIds, 'principal'> & { readonly principal?: { readonly id: string } | undefined }): TraceIds {
  return { traceId, ...(parentId !== undefined && { parentId }), ...(principal && { principal: principal.id }) };
}
