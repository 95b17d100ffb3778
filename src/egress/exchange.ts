import { type ClientRequest, type IncomingMessage, request as openRequest } from 'node:http';
import { type Duplex, PassThrough, pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { framingHeaders } from '../contract/api/network.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Connection } from './connection.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import type { CheckedRequest } from './http-request.ts';
import type { Header } from './injections.ts';
import { RedactingStream } from './redacting-stream.ts';

/** A server's answer for the guest. */
export interface GuestResponse {
  readonly status: number;
  /** As the server sent them, without framing headers and injected secrets. */
  readonly headers: readonly Header[];
  /** Without injected secrets. Its error is an {@link EgressError}. Destroy it if it is not read completely. */
  readonly body: Readable;
  /** Whether a secret was removed from the header `location`. */
  readonly locationHadSecret: boolean;
}

/** The connection of one exchange. */
export interface Line {
  readonly connection: Connection;
  readonly stream: Duplex;
  readonly redactor: Redactor | undefined;
}

/** The place under which redaction counts. */
const where = 'network';
const responseHeadersMaxBytes = 65_536;

/**
 * Sends one request and reads its answer. The line cannot be used again.
 * @throws {EgressError} if there is no answer, or one that may not be passed on.
 */
export async function exchange(
  request: CheckedRequest,
  injected: readonly Header[],
  { connection, stream, redactor }: Line,
): Promise<GuestResponse> {
  connection.owed = 'The server ended the connection before its answer was complete.';
  try {
    const outgoing = openRequest({
      method: request.method,
      path: request.path,
      headers: outgoingHeaders(request, injected).flat(),
      setHost: false,
      maxHeaderSize: responseHeadersMaxBytes,
      createConnection: () => stream,
    });
    const answered = answerTo(outgoing);
    sendBody(request, outgoing, connection);
    const incoming = await answered;
    return passOn(incoming, injected.length > 0, { connection, stream, redactor });
  } catch (error) {
    const failure = connection.failure ?? egressErrorOf(error, 'The request');
    connection.destroy(failure);
    throw failure;
  }
}

function outgoingHeaders(request: CheckedRequest, injected: readonly Header[]): readonly Header[] {
  const { target, isSecure, bodyBytes, body } = request;
  const name = target.host.includes(':') ? `[${target.host}]` : target.host;
  const host = target.port === (isSecure ? 443 : 80) ? name : `${name}:${target.port}`;
  // A partial or compressed answer could carry a secret past redaction.
  const guarded = new Set(injected.length > 0 ? ['range', 'if-range', 'accept-encoding'] : []);
  const mayHaveBody = body !== undefined || ['POST', 'PUT', 'PATCH'].includes(request.method);
  const framing: readonly Header[] =
    bodyBytes === undefined ? [['Transfer-Encoding', 'chunked']] : [['Content-Length', String(bodyBytes)]];
  return [
    ['Host', host],
    ...request.headers.filter(([header]) => !guarded.has(header.toLowerCase())),
    ...(injected.length > 0 ? [['Accept-Encoding', 'identity'] as const] : []),
    ...injected,
    ...(mayHaveBody ? framing : []),
    ['Connection', 'close'],
  ];
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  outgoing.on('response', resolve);
  // Stays after the answer, because an error without a listener ends the process.
  outgoing.on('error', reject);
  outgoing.on('close', () => reject(new Error('the server sent no answer')));
  outgoing.on('upgrade', () =>
    reject(new EgressError('refused', 'The response is refused: it switches to another protocol.')),
  );
  return promise;
}

function sendBody({ body, bodyBytes }: CheckedRequest, outgoing: ClientRequest, connection: Connection): void {
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  const fail = (error: EgressError): EgressError => {
    connection.destroy(error);
    return error;
  };
  body.on('error', (error) => fail(egressErrorOf(error, 'The body of the request')));
  // Other failures show in the answer, or in its absence.
  pipeline(body, exactly(bodyBytes, fail), outgoing, () => {});
}

/**
 * Lets exactly this number of bytes through, or fails: bytes beyond the announced size would be read as another
 * request.
 */
function exactly(bytes: number | undefined, fail: (error: EgressError) => EgressError): Transform {
  let left = bytes ?? Number.POSITIVE_INFINITY;
  const wrong = (): EgressError =>
    fail(new EgressError('refused', 'The request is refused: the header content-length is not the size of the body.'));
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      left -= chunk.length;
      if (left < 0) done(wrong());
      else done(null, chunk);
    },
    flush(done) {
      done(left > 0 && bytes !== undefined ? wrong() : null);
    },
  });
}

function passOn(incoming: IncomingMessage, isGuarded: boolean, { connection, redactor }: Line): GuestResponse {
  const { 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = incoming.headers;
  if (isGuarded && (content.toLowerCase() !== 'identity' || transfer.toLowerCase() !== 'chunked')) {
    throw new EgressError(
      'refused',
      'The response is refused: it is compressed, so the engine cannot look for injected secrets in it.',
    );
  }
  if (isGuarded && incoming.statusCode === 206) {
    throw new EgressError(
      'refused',
      'The response is refused: it is only a part, so the engine cannot look for injected secrets in it.',
    );
  }
  const { headers, locationHadSecret } = readHeaders(incoming, redactor);
  const body = redactor ? new RedactingStream(redactor.stream(where)) : new PassThrough();
  body.on('error', () => {});
  const settle = (): void => {
    connection.owed = undefined;
  };
  incoming.on('end', settle);
  body.on('close', () => {
    settle();
    connection.destroy();
  });
  incoming.on('error', (error) => {
    connection.destroy(egressErrorOf(error, 'The response'));
    body.destroy(connection.failure);
  });
  incoming.pipe(body);
  return { status: incoming.statusCode ?? 0, headers, body, locationHadSecret };
}

function readHeaders(
  incoming: IncomingMessage,
  redactor: Redactor | undefined,
): Pick<GuestResponse, 'headers' | 'locationHadSecret'> {
  const raw = incoming.rawHeaders;
  const all = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
  const passed = all.filter(([name]) => {
    const lower = name.toLowerCase();
    // The size is still right if nothing is replaced.
    return lower === 'content-length' ? redactor === undefined : !framingHeaders.has(lower);
  });
  if (!redactor) return { headers: passed, locationHadSecret: false };
  const clean = (text: string): string => redactor.text(where, text);
  const headers = passed.filter(([name]) => clean(name) === name).map(([name, value]): Header => [name, clean(value)]);
  const locationHadSecret = passed.some(([name, value]) => name.toLowerCase() === 'location' && clean(value) !== value);
  return { headers, locationHadSecret };
}
