import type { ByteText } from './encoding.ts';

/** Messages between realm and host about a connection; `bytes` belongs to `credit`. Bytes are one character each. */
export type RealmNetworkVerb = 'request' | 'opened' | 'data' | 'end' | 'reset' | 'credit';

/** Sends a message from the realm to its host. Does not wait. */
export type SayNetwork = (connection: number, verb: RealmNetworkVerb, text: string, bytes: number) => void;

/** Gets the events of one request. */
export interface RequestListener {
  /** The answer begins; the text is a `NetworkResponseHead` of `cells/protocol/network-messages`, as JSON. */
  opened(head: string): void;
  /** Bytes of its body, one per character. Call `took` when they are no longer needed. */
  data(bytes: string): void;
  /** It is over: complete, or with a `NetworkFailure`, as JSON. */
  over(failure: string | undefined): void;
  /** Another program began, and this one's requests get no more events. */
  forgotten?(): void;
}

/** A request on its way. */
export interface SentRequest {
  readonly isOver: boolean;
}

/** The guest's side of the network, whatever its language. */
export interface RequestQueue {
  /** Requests that are not over. */
  pending(): number;
  /** Sends a request as soon as there is room; `head` is a `NetworkRequestHead`, as JSON. */
  send(head: string, body: Uint8Array | undefined, listener: RequestListener): SentRequest;
  /** Reports that `bytes` bytes of an answer were taken. */
  took(request: SentRequest, bytes: number): void;
  /** Gives it up; its listener gets no more events. */
  cancel(request: SentRequest): void;
  /** Takes a message of the host. */
  receive(connection: number, verb: RealmNetworkVerb, text: string, bytes: number): void;
  /** Another program begins. */
  forget(): void;
}

/** Makes the queue: at most `atOnce` requests are open; the rest wait here, in the guest's own memory. */
export function createRequestQueue(
  { fromBytes }: Pick<ByteText, 'fromBytes'>,
  say: SayNetwork,
  atOnce: number,
): RequestQueue {
  const { min } = Math;
  const pieceBytes = 65_536;
  const windowBytes = 262_144;

  interface Request extends SentRequest {
    readonly head: string;
    readonly body: Uint8Array | undefined;
    readonly listener: RequestListener;
    number: number;
    sent: number;
    window: number;
    isOver: boolean;
    next: Request | undefined;
  }
  const flying: Record<number, Request | undefined> = { __proto__: null } as never;
  // A queue linked by hand, so that changes of the guest to arrays do not matter.
  let first: Request | undefined;
  let last: Request | undefined;
  let lastNumber = 0;
  let inFlight = 0;
  let pending = 0;

  const launch = (): void => {
    while (first !== undefined && inFlight < atOnce) {
      const request = first;
      first = request.next;
      if (first === undefined) last = undefined;
      if (request.isOver) continue;
      inFlight += 1;
      lastNumber += 1;
      request.number = lastNumber;
      flying[lastNumber] = request;
      say(lastNumber, 'request', request.head, 0);
      upload(request);
    }
  };
  const upload = (request: Request): void => {
    const { body, number } = request;
    if (body === undefined || request.sent > body.length) return;
    while (request.window > 0 && request.sent < body.length) {
      const bytes = min(request.window, pieceBytes, body.length - request.sent);
      say(number, 'data', fromBytes(body.subarray(request.sent, request.sent + bytes)), 0);
      request.window -= bytes;
      request.sent += bytes;
    }
    if (request.sent < body.length) return;
    request.sent = body.length + 1;
    say(number, 'end', '', 0);
  };
  const close = (request: Request): void => {
    request.isOver = true;
    pending -= 1;
    if (request.number === 0) return;
    delete flying[request.number];
    inFlight -= 1;
  };
  const finish = (request: Request, failure: string | undefined): void => {
    close(request);
    request.listener.over(failure);
    launch();
  };

  return {
    pending: () => pending,
    send(head, body, listener) {
      const request: Request = {
        ...{ head, body, listener, number: 0, sent: 0, window: windowBytes, isOver: false },
        next: undefined,
      };
      pending += 1;
      if (last === undefined) first = request;
      else last.next = request;
      last = request;
      launch();
      return request;
    },
    took({ isOver, number }: Request, bytes) {
      if (!isOver && bytes > 0) say(number, 'credit', '', bytes);
    },
    cancel(request: Request) {
      if (request.isOver) return;
      if (request.number > 0) say(request.number, 'reset', '', 0);
      close(request);
      launch();
    },
    receive(number, verb, text, bytes) {
      const request = flying[number];
      if (request === undefined) return;
      if (verb === 'opened') request.listener.opened(text);
      else if (verb === 'data') request.listener.data(text);
      else if (verb === 'end') finish(request, undefined);
      else if (verb === 'reset') finish(request, text);
      else if (verb === 'credit') {
        request.window += bytes;
        upload(request);
      }
    },
    forget() {
      for (const number in flying) {
        const request = flying[number] as Request;
        request.isOver = true;
        request.listener.forgotten?.();
        delete flying[number];
      }
      first = last = undefined;
      inFlight = pending = 0;
    },
  };
}
