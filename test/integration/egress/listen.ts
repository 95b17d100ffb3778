import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { EgressError } from '../../../src/egress/egress-error.ts';

/** A server on the loopback interface; disposing it destroys all its connections. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** Number of open connections. */
  readonly open: number;
}

/** Starts a server on a free port, or on the given one. */
export async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return sockets.size;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server of raw bytes. */
export function listenRaw(talk: (socket: Socket) => void, host?: string, port?: number): Promise<Listening> {
  return listen(createServer({ allowHalfOpen: true }, talk), host, port);
}

/** The outcome and message of a refusal; fails without a refusal. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('It was not refused.'),
    (reason: unknown) => reason,
  );
  if (error instanceof EgressError) return `${error.outcome}: ${error.message}`;
  throw error;
}

/** All data of a stream, and how it ended. */
export async function readAll(stream: Duplex | NodeJS.ReadableStream): Promise<{ bytes: Buffer; end: string }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return { bytes: Buffer.concat(chunks), end: 'ended' };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), end: await refusalOf(Promise.reject(error)) };
  }
}

/** A signal that is never aborted. */
export const never: AbortSignal = new AbortController().signal;
