import { connect, type Socket } from 'node:net';
import { textOfThrown } from '../contract/schema/thrown.ts';
import { abortable } from '../support/abortable.ts';
import { EgressError } from './egress-error.ts';

/**
 * Connects to the first of the addresses that answers. Nothing is resolved again. Each address gets an equal part of
 * the time that is left.
 * @throws {EgressError} if none can be reached; `signal.reason` once that is aborted.
 */
export async function dial(
  addresses: readonly string[],
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly socket: Socket; readonly address: string }> {
  const failures: string[] = [];
  const endsAt = performance.now() + timeoutMs;
  for (const [index, address] of addresses.entries()) {
    signal.throwIfAborted();
    const partMs = (endsAt - performance.now()) / (addresses.length - index);
    try {
      return { socket: await dialOne(address, port, partMs, signal), address };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      failures.push(textOfThrown(error));
    }
  }
  throw new EgressError('failed', `The connection to port ${port} failed: ${failures.join('; ')}.`);
}

async function dialOne(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: address, port, allowHalfOpen: true, autoSelectFamily: false, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const timer = setTimeout(
    () => reject(new Error(`${address} did not answer for ${Math.round(timeoutMs)} ms`)),
    Math.max(1, timeoutMs),
  );
  socket.on('error', reject);
  socket.once('connect', () => resolve(socket));
  try {
    await abortable(promise, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    // An error before the next owner listens must not end the process; `close` reports it as well.
    socket.off('error', reject).on('error', () => {});
  }
}
