/**
 * The `network` messages of both directions, big-endian: `u32 connection | u8 verb | rest`. The cell numbers its
 * connections from 1; the numbers only ever grow, and what comes for one that is over is late, and dropped.
 *
 *     connect   cell → engine   host:port as the guest wrote it; `data` may follow once it is `opened`
 *     request   cell → engine   a NetworkRequestHead as JSON; its body follows as `data` and `end`, where it has one
 *     opened    engine → cell   nothing for `connect`; a NetworkResponseHead as JSON for `request`, whose body follows
 *     data      both            bytes
 *     end       both            the sender has no more; a connection is over when both said so, a request with its response
 *     reset     both            it is over at once; from the engine with a NetworkFailure as JSON
 *     credit    both            u32: so many bytes more may be sent
 *
 * Flow: in each direction of each connection `windowBytes` may be under way; whoever takes bytes gives them back as credit.
 * So a side that does not read holds up its own connection alone, and costs the other a window of memory. Number 0 is
 * the job's stdin, for which the cell gives credit as its guest reads.
 */
import type { ConnectionRecord } from '../../contract/api/network-use.ts';

export const networkVerbs = { connect: 1, request: 2, opened: 3, data: 4, end: 5, reset: 6, credit: 7 } as const;

/** What may be under way in one direction of one connection. */
export const windowBytes = 262_144;
/** The number under which credit for stdin is given. */
export const stdinConnection = 0;
/** Bytes before the rest of a message. */
const headBytes = 5;
/** The longest opening: names, values and JSON around them. Guests may have 64 KiB of headers and 16 KiB of URL. */
export const openingMaxBytes = 524_288;

/** As `fetch` has it. */
const redirectsMax = 20;

/** A header as it goes over the wire. */
export type NetworkHeader = readonly [name: string, value: string];

/** A guest's wish for an HTTP request; nothing of it is checked. */
export interface NetworkRequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly NetworkHeader[];
  /** Whether a body follows, be it an empty one. */
  readonly hasBody: boolean;
  /** How many redirects are followed before one is answered as it is. */
  readonly redirects: number;
}

/** The beginning of the answer. */
export interface NetworkResponseHead {
  readonly status: number;
  /** Of the request that was answered, after all redirects. */
  readonly url: string;
  readonly isRedirected: boolean;
  readonly headers: readonly NetworkHeader[];
}

/** Why a connection is over; the message is a sentence for the guest. */
export interface NetworkFailure {
  readonly outcome: Exclude<ConnectionRecord['outcome'], 'ended'>;
  readonly message: string;
}

/** A message taken apart; `rest` is a view. */
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

/** The message, or `undefined` where its bytes are none. */
export function parseNetwork(payload: Uint8Array): NetworkMessage | undefined {
  if (payload.length < headBytes) return undefined;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return { connection: bytes.readUInt32BE(0), verb: bytes.readUInt8(4), rest: bytes.subarray(headBytes) };
}

/** The bytes that a `credit` gives; 0, which none gives, where it is none. */
export function parseCredit(rest: Uint8Array): number {
  return rest.length === 4 ? Buffer.from(rest.buffer, rest.byteOffset, 4).readUInt32BE(0) : 0;
}

/** The head of a `request`, or `undefined` where the text is none. By hand: hosts of isolates start without libraries. */
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
