import type { ByteText } from './encoding.ts';
import type { AnswerHead, FetchClasses, HeaderPair, RequestOptions } from './fetch-classes.ts';
import type { Intrinsics } from './intrinsics.ts';

/** What realm and host say to each other about a connection; `bytes` belongs to `credit`. Bytes are one character each. */
export type RealmNetworkVerb = 'request' | 'opened' | 'data' | 'end' | 'reset' | 'credit';

/** The realm's way to its host. Does not wait. */
export type SayNetwork = (connection: number, verb: RealmNetworkVerb, text: string, bytes: number) => void;

/** The guest's side of the network. */
export interface RealmNetwork {
  /** Requests without an answer yet, and bodies that are being read. */
  pending(): number;
  heard(connection: number, verb: RealmNetworkVerb, text: string, bytes: number): void;
  /** Another program begins: nothing of an earlier one's is heard any more. */
  forget(): void;
}

/**
 * Defines `fetch`, in realms of jobs with a network alone. At most `atOnce` requests
 * are open; the rest wait here. A body comes as it is read, as a whole: until then the host holds no more than a window.
 */
export function installFetch(
  { define, parse, stringify, slice, indexOf }: Intrinsics,
  { toBytes, fromBytes }: ByteText,
  { want, answer: answerWith }: FetchClasses,
  say: SayNetwork,
  atOnce: number,
): RealmNetwork {
  // All that is used after the guest's first line is kept here.
  const { Promise: OwnPromise, TypeError: OwnTypeError, Uint8Array: Bytes } = globalThis;
  const { min } = Math;
  const pieceBytes = 65_536;
  const windowBytes = 262_144;
  const redirectsMax = 20;

  /** One request and its answer, from `fetch` to the last byte. */
  interface Exchange {
    readonly head: string;
    readonly body: Uint8Array | undefined;
    readonly resolve: (response: object) => void;
    readonly reject: (error: unknown) => void;
    /** Made where the guest called, for the stack of a failure. */
    readonly site: Error;
    readonly refusesRedirects: boolean;
    number: number;
    sent: number;
    window: number;
    isAnswered: boolean;
    isOver: boolean;
    failure: unknown;
    chunks: { readonly bytes: Uint8Array; next: unknown } | undefined;
    lastChunk: { next: unknown } | undefined;
    size: number;
    /** Bytes that came before anybody read. */
    unread: number;
    reader: { readonly resolve: (bytes: Uint8Array) => void; readonly reject: (error: unknown) => void } | undefined;
    isRead: boolean;
    next: Exchange | undefined;
  }
  const flying: Record<number, Exchange | undefined> = { __proto__: null } as never;
  // A queue linked by hand: it does not matter what the guest does to arrays.
  let first: Exchange | undefined;
  let last: Exchange | undefined;
  let lastNumber = 0;
  let inFlight = 0;
  let pending = 0;

  const launch = (): void => {
    while (first !== undefined && inFlight < atOnce) {
      const exchange = first;
      first = exchange.next;
      if (first === undefined) last = undefined;
      if (exchange.isOver) continue;
      inFlight += 1;
      lastNumber += 1;
      exchange.number = lastNumber;
      flying[lastNumber] = exchange;
      say(lastNumber, 'request', exchange.head, 0);
      upload(exchange);
    }
  };
  const upload = (exchange: Exchange): void => {
    const { body, number } = exchange;
    if (body === undefined || exchange.sent > body.length) return;
    while (exchange.window > 0 && exchange.sent < body.length) {
      const bytes = min(exchange.window, pieceBytes, body.length - exchange.sent);
      say(number, 'data', fromBytes(body.subarray(exchange.sent, exchange.sent + bytes)), 0);
      exchange.window -= bytes;
      exchange.sent += bytes;
    }
    if (exchange.sent < body.length) return;
    exchange.sent = body.length + 1;
    say(number, 'end', '', 0);
  };
  /** No more comes; `failure` says why, where that is no good end. */
  const finish = (exchange: Exchange, failure: unknown): void => {
    if (exchange.isOver) return;
    exchange.isOver = true;
    exchange.failure = failure;
    if (exchange.number > 0) {
      delete flying[exchange.number];
      inFlight -= 1;
    }
    if (!exchange.isAnswered) {
      pending -= 1;
      exchange.reject(failure);
    }
    deliver(exchange);
    launch();
  };
  const cancel = (exchange: Exchange, reason: unknown): void => {
    if (exchange.isOver) return;
    if (exchange.number > 0) say(exchange.number, 'reset', '', 0);
    finish(exchange, reason);
  };
  const deliver = (exchange: Exchange): void => {
    const { reader } = exchange;
    if (reader === undefined || !exchange.isOver) return;
    exchange.reader = undefined;
    pending -= 1;
    if (exchange.failure !== undefined) {
      reader.reject(exchange.failure);
      return;
    }
    try {
      const bytes = new Bytes(exchange.size);
      let at = 0;
      for (let chunk = exchange.chunks; chunk !== undefined; chunk = chunk.next as typeof chunk) {
        bytes.set(chunk.bytes, at);
        at += chunk.bytes.length;
      }
      reader.resolve(bytes);
    } catch (error) {
      reader.reject(error);
    }
    exchange.chunks = exchange.lastChunk = undefined;
  };
  const read = (exchange: Exchange): Promise<Uint8Array> =>
    new OwnPromise((resolve, reject) => {
      exchange.reader = { resolve, reject };
      pending += 1;
      exchange.isRead = true;
      if (!exchange.isOver && exchange.unread > 0) say(exchange.number, 'credit', '', exchange.unread);
      exchange.unread = 0;
      deliver(exchange);
    });
  const failureAt = (site: Error, message: string): Error => {
    try {
      const { stack } = site;
      const frames = typeof stack === 'string' ? indexOf(stack, '\n') : -1;
      define(site, 'message', message);
      define(site, 'stack', `TypeError: ${message}${frames < 0 ? '' : slice(stack as string, frames)}`);
    } catch {
      // A hook of the guest's on stacks: it gets the error without one of ours.
    }
    return site;
  };
  const take = (exchange: Exchange, text: string): void => {
    let bytes: Uint8Array;
    try {
      bytes = toBytes(text);
    } catch (error) {
      // Its memory is used up.
      cancel(exchange, error);
      return;
    }
    const chunk = { bytes, next: undefined };
    if (exchange.lastChunk === undefined) exchange.chunks = chunk;
    else exchange.lastChunk.next = chunk;
    exchange.lastChunk = chunk;
    exchange.size += bytes.length;
    if (exchange.isRead) say(exchange.number, 'credit', '', bytes.length);
    else exchange.unread += bytes.length;
  };
  const answer = (exchange: Exchange, head: AnswerHead): void => {
    pending -= 1;
    exchange.isAnswered = true;
    if (exchange.refusesRedirects && head.status >= 300 && head.status <= 399 && head.status !== 304) {
      const failure = failureAt(exchange.site, 'The answer is a redirect, which the request does not want.');
      cancel(exchange, failure);
      exchange.reject(failure);
      return;
    }
    exchange.resolve(answerWith(head, () => read(exchange)));
  };

  const request = async (input: unknown, options: RequestOptions | undefined, site: Error): Promise<object> => {
    const { method, url, redirect, signal, headers, takeBody } = want(input, options);
    signal?.throwIfAborted();
    const body = await takeBody();
    const pairs: HeaderPair[] = body === undefined ? [...headers] : [...headers, ['content-length', `${body.length}`]];
    const redirects = redirect === 'follow' ? redirectsMax : 0;
    const head = stringify({ method, url, headers: pairs, hasBody: body !== undefined, redirects }) ?? '';
    return new OwnPromise((resolve, reject) => {
      const exchange: Exchange = {
        ...{ head, body, resolve, reject, site, refusesRedirects: redirect === 'error' },
        ...{ number: 0, sent: 0, window: windowBytes, isAnswered: false, isOver: false, failure: undefined },
        ...{ chunks: undefined, lastChunk: undefined, size: 0, unread: 0, reader: undefined, isRead: false },
        next: undefined,
      };
      pending += 1;
      if (last === undefined) first = exchange;
      else last.next = exchange;
      last = exchange;
      signal?.addEventListener('abort', () => cancel(exchange, signal.reason), { once: true });
      launch();
    });
  };
  const functions = {
    fetch: (input: unknown, options?: RequestOptions) => request(input, options, new OwnTypeError()),
  };
  define(globalThis, 'fetch', functions.fetch);

  return {
    pending: () => pending,
    forget() {
      for (const number in flying) {
        const exchange = flying[number] as Exchange;
        exchange.isOver = true;
        exchange.failure = new OwnTypeError('The connection ended with the call that it was made in.');
        delete flying[number];
      }
      first = last = undefined;
      inFlight = pending = 0;
    },
    heard(number, verb, text, bytes) {
      const exchange = flying[number];
      if (exchange === undefined) return;
      if (verb === 'opened') answer(exchange, parse(text) as AnswerHead);
      else if (verb === 'data') take(exchange, text);
      else if (verb === 'end') finish(exchange, undefined);
      else if (verb === 'reset') {
        finish(exchange, failureAt(exchange.site, (parse(text) as { message: string }).message));
      } else if (verb === 'credit') {
        exchange.window += bytes;
        upload(exchange);
      }
    },
  };
}
