import type { ByteText } from './encoding.ts';
import type { AnswerHead, FetchClasses, HeaderPair, RequestOptions } from './fetch-classes.ts';
import type { Intrinsics } from './intrinsics.ts';
import type { RealmNetworkVerb, RequestQueue, SentRequest } from './requests.ts';

/** The guest's side of the network. */
export interface RealmNetwork {
  /** Requests without an answer yet, and bodies that are being read. */
  pending(): number;
  receive(connection: number, verb: RealmNetworkVerb, text: string, bytes: number): void;
  /** Another program begins: answers to earlier ones are dropped. */
  forget(): void;
}

/**
 * Defines `fetch`, only in realms of jobs with a network. A body arrives whole, when the program reads it; until then the
 * host holds at most one window of it.
 */
export function installFetch(
  { define, parse, stringify, slice, indexOf }: Intrinsics,
  { toBytes }: ByteText,
  { want, answer: answerWith }: FetchClasses,
  requests: RequestQueue,
): RealmNetwork {
  // Everything that is used after the guest's first line is kept here.
  const { Promise: OwnPromise, TypeError: OwnTypeError, Uint8Array: Bytes } = globalThis;
  const redirectsMax = 20;

  /** One request and its answer, from `fetch` to the last byte. */
  interface Exchange {
    readonly resolve: (response: object) => void;
    readonly reject: (error: unknown) => void;
    /** Made at the guest's call, for the stack of a failure. */
    readonly site: Error;
    readonly refusesRedirects: boolean;
    sent: SentRequest | undefined;
    isAnswered: boolean;
    isOver: boolean;
    failure: unknown;
    chunks: { readonly bytes: Uint8Array; next: unknown } | undefined;
    lastChunk: { next: unknown } | undefined;
    size: number;
    /** Bytes that arrived before the program read them. */
    unread: number;
    reader: { readonly resolve: (bytes: Uint8Array) => void; readonly reject: (error: unknown) => void } | undefined;
    isRead: boolean;
  }
  let pending = 0;

  const took = ({ sent }: Exchange, bytes: number): void => {
    if (sent !== undefined) requests.took(sent, bytes);
  };
  /** The exchange is over; `failure` is the reason if it did not end well. */
  const finish = (exchange: Exchange, failure: unknown): void => {
    if (exchange.isOver) return;
    exchange.isOver = true;
    exchange.failure = failure;
    if (!exchange.isAnswered) {
      pending -= 1;
      exchange.reject(failure);
    }
    deliver(exchange);
  };
  const cancel = (exchange: Exchange, reason: unknown): void => {
    if (exchange.isOver) return;
    if (exchange.sent !== undefined) requests.cancel(exchange.sent);
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
      if (!exchange.isOver) took(exchange, exchange.unread);
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
      // A hook of the guest's for stacks: it gets the error without hotcell's stack.
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
    if (exchange.isRead) took(exchange, bytes.length);
    else exchange.unread += bytes.length;
  };
  const answer = (exchange: Exchange, head: AnswerHead): void => {
    pending -= 1;
    exchange.isAnswered = true;
    if (exchange.refusesRedirects && head.status >= 300 && head.status <= 399 && head.status !== 304) {
      const failure = failureAt(exchange.site, 'The response is a redirect, and the request refuses redirects.');
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
        ...{ resolve, reject, site, refusesRedirects: redirect === 'error', sent: undefined },
        ...{ isAnswered: false, isOver: false, failure: undefined, isRead: false, reader: undefined },
        ...{ chunks: undefined, lastChunk: undefined, size: 0, unread: 0 },
      };
      pending += 1;
      signal?.addEventListener('abort', () => cancel(exchange, signal.reason), { once: true });
      exchange.sent = requests.send(head, body, {
        opened: (text) => answer(exchange, parse(text) as AnswerHead),
        data: (text) => take(exchange, text),
        over(failure) {
          if (failure === undefined) finish(exchange, undefined);
          else finish(exchange, failureAt(exchange.site, (parse(failure) as { message: string }).message));
        },
        forgotten() {
          exchange.isOver = true;
          exchange.failure = new OwnTypeError('The connection ended because the call that opened it ended.');
        },
      });
    });
  };
  const functions = {
    fetch: (input: unknown, options?: RequestOptions) => request(input, options, new OwnTypeError()),
  };
  define(globalThis, 'fetch', functions.fetch);

  return {
    pending: () => pending,
    forget() {
      requests.forget();
      pending = 0;
    },
    receive: (...said) => requests.receive(...said),
  };
}
