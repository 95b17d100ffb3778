/** Allowed downloads: how long a guest waits for the bytes of a server on the loopback, by the guest's clock. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LeftOut, type OpenContestant, type Surroundings } from '../contestant.ts';
import { importHotcell, optionsFor } from './hotcell.ts';

const downloadBytes = 64_000_000;
const piece = Buffer.alloc(1_000_000, 'x');

const programs: Readonly<Record<string, string>> = {
  javascript: `const from = performance.now();
const bytes = await (await fetch(inputs)).bytes();
console.log(bytes.length === ${downloadBytes} ? performance.now() - from : -1);
1 + 1`,
  python: `import time, urllib.request
start, got, buffer = time.perf_counter(), 0, bytearray(1_000_000)
answer = urllib.request.urlopen(inputs)
while count := answer.readinto(buffer): got += count
print((time.perf_counter() - start) * 1000 if got == ${downloadBytes} else -1)
1 + 1`,
};

/**
 * Each job is one sample: one download, from the request to the last byte. Server, engine and cell share the
 * processors.
 */
export async function openDownloads({ family, hotcell }: Surroundings): Promise<OpenContestant> {
  const { createEngine } = await importHotcell(hotcell);
  const server = createServer((_, response) => {
    response.setHeader('Content-Length', downloadBytes);
    let left = downloadBytes;
    const more = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!response.write(piece)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const engine = createEngine({ ...optionsFor(family), egress: { allowLoopbackForTests: true } });
  const language = family as 'javascript' | 'python';
  return {
    async run() {
      const request = { language, code: programs[family] ?? '', inputs: `http://${host}/`, network: { allow: [host] } };
      const result = await engine.execute({ ...request, limits: { memoryMb: 512 } });
      if (result.status === 'validation_error') throw new LeftOut('this build has no allowed addresses');
      if (result.status !== 'success') throw new Error(`${result.error?.code}: ${result.error?.message}`);
      const elapsedMs = Number(result.stdout);
      if (!(elapsedMs > 0)) throw new Error(`the guest got other data: ${result.stdout}`);
      return { value: result.value, elapsedMs };
    },
    async close() {
      await engine.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
