/**
 * The `network` messages of both directions, big-endian: `u32 connection | u8 verb | rest`. The cell numbers its
 * connections from 1 in rising order; messages for a connection that is over are late and are dropped.
 *
 *     connect   cell → engine   host:port as the guest wrote it; `data` may follow once it is `opened`
 *     request   cell → engine   a NetworkRequestHead as JSON; its body, if any, follows as `data` and `end`
 *     opened    engine → cell   nothing for `connect`; a NetworkResponseHead as JSON for `request`, whose body follows
 *     data      both            bytes
 *     end       both            the sender has no more; a connection is over when both said so, a request with its response
 *     reset     both            it is over at once; from the engine with a NetworkFailure as JSON
 *     credit    both            u32: this many more bytes may be sent
 *
 * Flow control: in each direction of each connection at most `windowBytes` may be unacknowledged; the receiver returns
 * taken bytes as credit. So a side that does not read blocks only its own connection, and costs the other at most one
 * window of memory. Number 0 is the job's stdin, for which the cell gives credit as its guest reads.
 */
import type { ConnectionRecord } from '../../contract/api/network-use.ts';

export const networkVerbs = { connect: 1, request: 2, opened: 3, data: 4, end: 5, reset: 6, credit: 7 } as const;

/** Most unacknowledged bytes in one direction of one connection. */
export const windowBytes = 262_144;
/** The connection number for credit of stdin. */
export const stdinConnection = 0;
/** Bytes before `rest`. */
const headBytes = 5;
/**
 * Longest opening message: names, values and the JSON around them. Guests may have 64 KiB of headers and 16 KiB of URL.
 */
export const openingMaxBytes = 524_288;

/** As in `fetch`. */
const redirectsMax = 20;

/** A header as sent on the wire. */
export type NetworkHeader = readonly [name: string, value: string];

/** A guest's HTTP request, unchecked. */
export interface NetworkRequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly NetworkHeader[];
  /** Whether a body follows, which may be empty. */
  readonly hasBody: boolean;
  /** Most redirects to follow; with 0 a redirect is returned as the answer. */
  readonly redirects: number;
}

/** The head of an answer. */
export interface NetworkResponseHead {
  readonly status: number;
  /** URL of the answered request, after all redirects. */
  readonly url: string;
  readonly isRedirected: boolean;
  readonly headers: readonly NetworkHeader[];
}

/** Why a connection ended; the message is a sentence for the guest. */
export interface NetworkFailure {
  readonly outcome: Exclude<ConnectionRecord['outcome'], 'ended'>;
  readonly message: string;
}

/** A decoded message; `rest` is a view. */
export interface NetworkMessage {
  readonly connection: number;
  readonly verb: number;
  readonly rest: Uint8Array;
}

export function encodeNetwork(connection: number, verb: number, rest: Uint8Array | string = ''): Uint8Array {
  const bytes = typeof rest === 'string' ? Buffer.from(rest) : rest;
  const message = Buffer.allocUnsafe(headBytes + bytes.length);
  message.writeUInt32BE(connection, 0);
  message.writeUInt8(verb, 4);
  message.set(bytes, headBytes);
  return message;
}

export function encodeCredit(connection: number, bytes: number): Uint8Array {
  const rest = Buffer.alloc(4);
  rest.writeUInt32BE(bytes, 0);
  return encodeNetwork(connection, networkVerbs.credit, rest);
}

/** The message, or `undefined` if the bytes are malformed. */
export function parseNetwork(payload: Uint8Array): NetworkMessage | undefined {
  if (payload.length < headBytes) return undefined;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return { connection: bytes.readUInt32BE(0), verb: bytes.readUInt8(4), rest: bytes.subarray(headBytes) };
}

/** The bytes that a `credit` gives; 0, which no valid credit gives, if it is malformed. */
export function parseCredit(rest: Uint8Array): number {
  return rest.length === 4 ? Buffer.from(rest.buffer, rest.byteOffset, 4).readUInt32BE(0) : 0;
}

/**
 * The head of a `request`, or `undefined` if the text is malformed. Without zod, because host processes start without
 * libraries.
 */
export function parseRequestHead(text: string): NetworkRequestHead | undefined {
  try {
    const { method, url, headers, hasBody, redirects } = JSON.parse(text) as Partial<NetworkRequestHead>;
    const isSound =
      typeof method === 'string' &&
      typeof url === 'string' &&
      Array.isArray(headers) &&
      headers.every(isHeader) &&
      typeof hasBody === 'boolean' &&
      Number.isInteger(redirects) &&
      (redirects ?? -1) >= 0 &&
      (redirects ?? -1) <= redirectsMax;
    return isSound ? { method, url, headers, hasBody, redirects: redirects ?? 0 } : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(header: unknown): header is NetworkHeader {
  return Array.isArray(header) && header.length === 2 && header.every((part) => typeof part === 'string');
}
