import { connect, type TLSSocket } from 'node:tls';
import type { NetworkHost } from '../contract/api/network-target.ts';
import { abortable } from '../support/abortable.ts';
import type { Connection } from './connection.ts';

/**
 * Puts TLS over a connection. The certificate must be valid for the requested host, whatever it resolved to.
 * @throws the error of TLS; `signal.reason` once that is aborted.
 */
export async function secure(
  connection: Connection,
  { host, kind }: NetworkHost,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({
    socket: connection,
    host,
    // RFC 6066 does not allow addresses here.
    servername: kind === 'name' ? host : '',
    ...(ca === undefined ? {} : { ca }),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  });
  socket.once('secureConnect', resolve);
  // Stays, because an error without a listener ends the process.
  socket.on('error', reject);
  socket.once('close', () => reject(connection.failure ?? new Error('it was closed during the TLS handshake')));
  await abortable(promise, signal);
  return socket;
}
