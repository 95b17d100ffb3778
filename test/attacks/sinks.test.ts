/** What a guest can do to the artifacts that a caller's sink takes, and to the sink. Row T10 of the threat model. */
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ArtifactPreview, createEngine, type ExecutionRequest } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { workspacePathSchema } from '../../src/contract/api/request.ts';

const engine = createEngine({ isolate: false, wasm: false });
afterAll(() => engine.close());

interface Taken {
  readonly previews: ArtifactPreview[];
  readonly contents: Map<string, string>;
  /** When the first content arrived, by the machine's clock. */
  firstMs: number;
}

/** A sink that keeps what it gets, each piece after `delayMs`. */
function taker(delayMs = 0): { readonly taken: Taken; readonly sink: NonNullable<ExecutionRequest['artifactSink']> } {
  const taken: Taken = { previews: [], contents: new Map(), firstMs: 0 };
  return {
    taken,
    sink(preview) {
      taken.previews.push(preview);
      taken.contents.set(preview.path, '');
      return new Writable({
        async write(chunk: Buffer, _, done) {
          taken.firstMs ||= Date.now();
          await sleep(delayMs);
          taken.contents.set(preview.path, taken.contents.get(preview.path) + chunk.toString('latin1'));
          done();
        },
      });
    },
  };
}

describe.each(['fresh', 'tenant'] as const)('a guest and a sink, isolation %s', (isolation) => {
  const run = (request: Partial<ExecutionRequest>) =>
    engine.execute({ language: 'python', isolation, code: '', limits: { timeoutMs: 60_000 }, ...request });

  test('nothing writes to artifacts, swaps or adds any, while a slow sink takes them', async () => {
    const { taken, sink } = taker(50);
    const code = `
import os, threading, time
def work():
    n = 0
    while True:
        n += 1
        for name in ('a', 'm', 'z'):
            with open(f'output/.new', 'w') as file:
                file.write(f'{time.time()}\\n' + 'x' * 300_000)
            os.rename('output/.new', f'output/{name}')
        open(f'output/more{n % 50}', 'w').write(f'{time.time()}\\n')
if os.fork() == 0:
    os.setsid()
    for _ in range(3): threading.Thread(target=work).start()
    time.sleep(60)
time.sleep(0.5)
`;
    const result = await run({ code, artifactSink: sink });
    expect(result).toMatchObject({ status: 'success', lostArtifacts: [] });
    const times = [...taken.contents.values()].flatMap((text) => /^\d+\.\d+$/m.exec(text)?.map(Number) ?? []);
    expect(times.length).toBeGreaterThan(3);
    expect(Math.max(...times) * 1_000).toBeLessThanOrEqual(taken.firstMs);
    for (const { path, bytes } of result.deliveredArtifacts ?? []) {
      expect([path, taken.contents.get(path)?.length]).toEqual([path, bytes]);
    }
  });

  test('what is endless, too large, a link or badly named never reaches it', async () => {
    const { taken, sink } = taker();
    const code = `
import os, socket
os.chdir('output')
for name, size in (('terabyte', 10**12), ('sparse', 60 * 2**20)):
    try:
        with open(name, 'w') as file: os.truncate(name, size)
    except OSError: os.remove(name)
os.symlink('/etc/passwd', 'passwd'); os.symlink('/proc/self/mem', 'mem'); os.symlink('/dev/zero', 'zero')
os.mkfifo('fifo'); socket.socket(socket.AF_UNIX).bind('socket')
for name in (b'new\\nline', b'\\xff\\xfe', 'up\\u2028'.encode(), b'back\\\\slash'): open(name, 'w').write('x')
open('fine', 'w').write('fine')
`;
    const result = await run({ code, artifactSink: sink });
    expect(result.status).toBe('success');
    expect([...taken.contents]).toEqual([['output/fine', 'fine']]);
    expect(taken.previews.every(({ path }) => workspacePathSchema.safeParse(path).success)).toBe(true);
    expect(result.truncated.artifacts).toBeGreaterThan(8);
  });

  test('a secret on every border between chunks reaches it nowhere', async () => {
    const { taken, sink } = taker();
    const secret = 'tomato-soup-77';
    const code = `
import os
key = os.environ['KEY'].encode()
for kind, filler in (('text', b'x'), ('binary', b'\\xff')):
    with open(f'output/{kind}', 'wb') as file:
        for border in range(1, 6):
            file.write(filler * (border * 65_536 - 512 - len(key) + 2 * border - file.tell()) + key)
        file.write(key.hex().encode())
`;
    const result = await run({ code, artifactSink: sink, secrets: { KEY: secret } });
    expect(result).toMatchObject({ status: 'success', lostArtifacts: [] });
    for (const content of taken.contents.values()) {
      expect(content.includes(secret) || content.includes(Buffer.from(secret).toString('hex'))).toBe(false);
      expect(content.match(/\[redacted:KEY\]/g)).toHaveLength(6);
    }
    expect(taken.contents.size).toBe(2);
  });

  test('a thousand files and a sink that hangs cost one wait, and the value is there', async () => {
    const code = `
import os
for n in range(1_500): open(f'output/{n}', 'w').write('x' * 2_000)
'value'
`;
    // Waiting for each file would take hours.
    const limits = { timeoutMs: 5_000 };
    const result = await run({ code, limits, artifactSink: () => new Writable({ write: () => undefined }) });
    expect(result).toMatchObject({ status: 'success', value: 'value', deliveredArtifacts: [] });
    expect([result.lostArtifacts?.length, result.truncated.artifacts]).toEqual([1_000, 1_500]);
    expect(await run({ code: '1' })).toMatchObject({ status: 'success', value: 1 });
  });
});
