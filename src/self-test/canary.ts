import { randomUUID } from 'node:crypto';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bait } from './probe.ts';

/** Bait on the host for an attack to find. Anyone who reads it gets the token; disposing removes it. */
export interface Canary extends AsyncDisposable {
  /** Must never leave a cell. */
  readonly token: string;
  readonly bait: Bait;
  /** Changes to the bait, one sentence each; empty if there are none. */
  touched(): Promise<readonly string[]>;
}

/** Makes a file, an environment variable of this process, a loopback port and an abstract socket. */
export async function layCanary(): Promise<Canary> {
  await using stack = new AsyncDisposableStack();
  const token = `canary-${randomUUID()}`;
  const name = `hotcell-self-test-${randomUUID()}`;

  const folder = stack.use(await mkdtempDisposable(join(tmpdir(), 'hotcell-self-test-')));
  const file = join(folder.path, 'canary');
  await writeFile(file, token, { mode: 0o666 });

  const variable = `HOTCELL_SELF_TEST_${randomUUID().replaceAll('-', '_')}`;
  process.env[variable] = token;
  stack.defer(() => {
    delete process.env[variable];
  });

  let visitors = 0;
  const serve = async (
    address: { readonly host: string; readonly port: number } | { readonly path: string },
  ): Promise<Server> => {
    const server = createServer((socket) => {
      visitors += 1;
      socket.on('error', () => undefined).end(token);
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
    stack.defer(() => {
      server.close();
    });
    return server;
  };
  const listening = (await serve({ host: '127.0.0.1', port: 0 })).address();
  if (platform() === 'linux') await serve({ path: `\0${name}` });

  const port = typeof listening === 'object' && listening ? listening.port : 0;
  const kept = stack.move();
  return {
    token,
    bait: { file, variable, port, socket: name, pid: process.pid },
    async touched() {
      const content = await readFile(file, 'utf8').catch(() => 'nothing');
      return [
        ...(content === token ? [] : ['The canary file on the host was changed.']),
        ...(process.env[variable] === token ? [] : ['The environment of this process was changed.']),
        ...(visitors === 0 ? [] : [`A socket on the host was reached ${visitors} times.`]),
      ];
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
