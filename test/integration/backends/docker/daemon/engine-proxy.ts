import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of the real Docker engine that can fail as an engine does. */
export interface EngineProxy extends AsyncDisposable {
  readonly address: string;
  /**
   * From now on connections are accepted, but no byte moves on them, as with an engine that was stopped with SIGSTOP.
   */
  freeze(): void;
  thaw(): void;
  /**
   * Freezes as soon as a request that contains `text` has reached the engine: the engine carries it out, but its answer
   * is held back.
   */
  freezeAfter(text: string): void;
  /** Breaks all connections and accepts no new ones, as with an engine that was killed. */
  kill(): Promise<void>;
  /** Accepts connections again after {@link kill}. */
  revive(): Promise<void>;
}

/** Puts a proxy in front of the engine at `address`, which must be a Unix socket. */
export async function proxyEngine(address: string): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'hotcell-proxy-'));
  const path = join(folder, 'docker.sock');
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let trigger: string | undefined;
  const freeze = (): void => {
    isFrozen = true;
    for (const socket of sockets) socket.pause();
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = createConnection({ path: address.replace('unix://', ''), allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
        if (trigger !== undefined && chunk.includes(trigger)) {
          trigger = undefined;
          freeze();
        }
      });
      to.on('drain', () => {
        if (!isFrozen) from.resume();
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isFrozen) from.pause();
    }
  });
  const listen = (): Promise<void> => new Promise<void>((resolve) => server.listen(path, resolve));
  await listen();
  const kill = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    address: `unix://${path}`,
    freeze,
    freezeAfter(text) {
      trigger = text;
    },
    thaw() {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    kill,
    revive: listen,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}
