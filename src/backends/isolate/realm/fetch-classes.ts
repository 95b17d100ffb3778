import type { Intrinsics } from './intrinsics.ts';

/** A header as the realm keeps it. */
export type HeaderPair = [name: string, value: string];

/** The second argument of `fetch`, as far as it is used. */
export interface RequestOptions {
  readonly method?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly redirect?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/** The beginning of an answer: `NetworkResponseHead` of `cells/protocol/network-messages`. */
export interface AnswerHead {
  readonly status: number;
  readonly url: string;
  readonly isRedirected: boolean;
  readonly headers: readonly HeaderPair[];
}

/** What `fetch` makes of its arguments. */
export interface WantedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly redirect: string;
  readonly signal: AbortSignal | undefined;
  /** Takes its body, once; `undefined` if it has none. */
  readonly takeBody: () => Promise<Uint8Array | undefined>;
}

/** The realm's side of the classes. */
export interface FetchClasses {
  readonly want: (input: unknown, options: RequestOptions | undefined) => WantedRequest;
  /** A `Response`, as an object of the guest's; `read` is called once, when its body is wanted. */
  readonly answer: (head: AnswerHead, read: () => Promise<Uint8Array>) => object;
}

/** Defines `Headers`, `Request` and `Response`. Bodies are read as a whole; there are no streams and no `clone`. */
export function installFetchClasses({ define, parse }: Intrinsics): FetchClasses {
  const { TypeError: OwnTypeError, Uint8Array: Bytes, ArrayBuffer: Buffers } = globalThis;
  const { URL: OwnUrl, URLSearchParams: Parameters, TextDecoder: Decoder, TextEncoder: Encoder } = globalThis;

  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

  class Headers {
    #pairs: HeaderPair[] = [];
    constructor(init?: unknown) {
      if (init === undefined || init === null) return;
      if (!isObject(init)) throw new OwnTypeError('Headers must be an object or a list of pairs.');
      const pairs = Symbol.iterator in init ? (init as Iterable<HeaderPair>) : (Object.entries(init) as HeaderPair[]);
      for (const [name, value] of pairs) this.append(name, value);
    }
    append(name: unknown, value: unknown): void {
      this.#pairs.push([`${name as string}`.toLowerCase(), `${value as string}`.trim()]);
    }
    set(name: unknown, value: unknown): void {
      this.delete(name);
      this.append(name, value);
    }
    delete(name: unknown): void {
      const wanted = `${name as string}`.toLowerCase();
      this.#pairs = this.#pairs.filter(([each]) => each !== wanted);
    }
    get(name: unknown): string | null {
      const wanted = `${name as string}`.toLowerCase();
      const values = this.#pairs.filter(([each]) => each === wanted).map(([, value]) => value);
      return values.length === 0 ? null : values.join(', ');
    }
    getSetCookie(): string[] {
      return this.#pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
    }
    has(name: unknown): boolean {
      return this.get(name) !== null;
    }
    forEach(callback: (value: string, name: string, headers: this) => void, self?: unknown): void {
      for (const [name, value] of this) callback.call(self, value, name, this);
    }
    *entries(): Generator<HeaderPair> {
      for (const name of [...new Set(this.#pairs.map(([each]) => each))].sort()) {
        if (name === 'set-cookie') for (const value of this.getSetCookie()) yield [name, value];
        else yield [name, this.get(name) ?? ''];
      }
    }
    *keys(): Generator<string> {
      for (const [name] of this.entries()) yield name;
    }
    *values(): Generator<string> {
      for (const [, value] of this.entries()) yield value;
    }
    [Symbol.iterator](): Generator<HeaderPair> {
      return this.entries();
    }
    get [Symbol.toStringTag](): string {
      return 'Headers';
    }
  }

  /** The bytes of a program's body and their media type; empty if there is no body. */
  const bytesOf = (body: unknown): { readonly bytes?: Uint8Array; readonly type?: string } => {
    if (body === undefined || body === null) return {};
    if (body instanceof Buffers) return { bytes: new Bytes(body.slice(0)) };
    if (Buffers.isView(body)) {
      return { bytes: new Bytes(new Bytes(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)) };
    }
    const type = body instanceof Parameters ? 'application/x-www-form-urlencoded' : 'text/plain';
    return { bytes: new Encoder().encode(`${body as string}`), type: `${type};charset=UTF-8` };
  };

  /** What requests and responses have in common. */
  let giveBody: (holder: Body, read: () => Promise<Uint8Array>) => void;
  let takeBody: (holder: Body) => Promise<Uint8Array>;
  class Body {
    #read: (() => Promise<Uint8Array>) | undefined;
    #isUsed = false;
    static {
      giveBody = (holder, read) => {
        holder.#read = read;
      };
      takeBody = async (holder) => {
        if (holder.#isUsed) throw new OwnTypeError('The body has already been read.');
        if (holder.#read === undefined) return new Bytes(0);
        holder.#isUsed = true;
        return holder.#read();
      };
    }
    get bodyUsed(): boolean {
      return this.#isUsed;
    }
    bytes(): Promise<Uint8Array> {
      return takeBody(this);
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return (await takeBody(this)).buffer as ArrayBuffer;
    }
    async text(): Promise<string> {
      return new Decoder().decode(await takeBody(this));
    }
    async json(): Promise<unknown> {
      return parse(new Decoder().decode(await takeBody(this)));
    }
  }
  const setBody = (holder: Request | Response, body: unknown): void => {
    const { bytes, type } = bytesOf(body);
    if (bytes === undefined) return;
    giveBody(holder, async () => bytes);
    if (type !== undefined && !holder.headers.has('content-type')) holder.headers.set('content-type', type);
  };

  class Request extends Body {
    readonly url: string;
    readonly method: string;
    readonly headers: Headers;
    readonly redirect: string;
    readonly signal: AbortSignal | undefined;
    constructor(input: unknown, options: RequestOptions = {}) {
      super();
      const given = input instanceof Request ? input : undefined;
      this.url = given?.url ?? new OwnUrl(`${input as string}`).href;
      this.method = `${(options.method ?? given?.method ?? 'GET') as string}`.toUpperCase();
      this.headers = new Headers(options.headers ?? given?.headers);
      this.redirect = `${(options.redirect ?? given?.redirect ?? 'follow') as string}`;
      this.signal = options.signal ?? given?.signal;
      if (options.body !== undefined && options.body !== null) {
        if (this.method === 'GET' || this.method === 'HEAD') {
          throw new OwnTypeError('A request with method GET or HEAD cannot have a body.');
        }
        setBody(this, options.body);
      } else if (given && !given.bodyUsed) giveBody(this, () => takeBody(given));
    }
    get [Symbol.toStringTag](): string {
      return 'Request';
    }
  }

  let answerWith: (head: AnswerHead, read: () => Promise<Uint8Array>) => Response;
  class Response extends Body {
    readonly status: number;
    readonly statusText: string;
    readonly headers: Headers;
    #url = '';
    #isRedirected = false;
    static {
      answerWith = ({ status, url, isRedirected, headers }, read) => {
        const response = new Response(null, { status, headers });
        response.#url = url;
        response.#isRedirected = isRedirected;
        giveBody(response, read);
        return response;
      };
    }
    constructor(body?: unknown, options: { status?: unknown; statusText?: unknown; headers?: unknown } = {}) {
      super();
      this.status = Number(options.status ?? 200);
      this.statusText = `${(options.statusText ?? '') as string}`;
      this.headers = new Headers(options.headers);
      setBody(this, body);
    }
    get url(): string {
      return this.#url;
    }
    get redirected(): boolean {
      return this.#isRedirected;
    }
    get ok(): boolean {
      return this.status >= 200 && this.status <= 299;
    }
    get [Symbol.toStringTag](): string {
      return 'Response';
    }
  }

  const classes = { Headers, Request, Response };
  for (const name in classes) define(globalThis, name, classes[name as keyof typeof classes]);
  return {
    want(input, options) {
      const request = new Request(input, options);
      const { method, url, redirect, signal, headers } = request;
      const takeBytes = async (): Promise<Uint8Array | undefined> => {
        const bytes = await takeBody(request);
        return request.bodyUsed ? bytes : undefined;
      };
      return { method, url, redirect, signal, headers: [...headers], takeBody: takeBytes };
    },
    answer: answerWith,
  };
}
