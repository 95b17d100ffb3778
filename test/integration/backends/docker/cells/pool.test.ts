/** Warm containers on the real engine. The pool's own behaviour is tested in `test/unit/cells/pool/pool.test.ts`. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createEngine, type Engine, type EngineOptions } from 'hotcell';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { ownerLabels } from '../../../../../src/backends/docker/daemon/owner.ts';

let client: DockerClient;
const docker = async (...words: string[]): Promise<string> =>
  (await promisify(execFile)('docker', words)).stdout.trim();
const listMine = () => client.list({ [ownerLabels.pid]: String(process.pid) });
const open = (options: EngineOptions = {}): Engine => createEngine({ isolate: false, ...options });
const ready = (engine: Engine): number => engine.stats().docker?.pool.reduce((sum, { ready }) => sum + ready, 0) ?? 0;

const until = (isTrue: () => boolean | Promise<boolean>): Promise<void> => expect.poll(isTrue).toBe(true);

beforeAll(async () => {
  client = connectDocker({ address: (await findEngine()).address });
});
afterAll(async () => {
  expect(await listMine()).toEqual([]);
  client.close();
});

test('the second call finds a container that waited, and no container has two jobs', async () => {
  await using engine = open();
  const code =
    'open("seen", "x").close(); open("/proc/sys/kernel/random/boot_id").read() and __import__("os").listdir()';
  const first = await engine.execute({ language: 'python', code });
  expect([first.status, first.sandbox?.warm]).toEqual(['success', false]);
  await until(() => ready(engine) > 0);
  const second = await engine.execute({ language: 'python', code });
  expect([second.status, second.sandbox?.warm, second.value]).toEqual(['success', true, first.value]);
});

test('warmed ahead, the first call is warm, and other limits hold exactly', async () => {
  await using engine = open();
  await engine.warm({ language: 'python', count: 2 });
  const bomb = 'kept = []\nwhile True: kept.append(b"1" * 2**20); print(len(kept), flush=True)';
  const small = await engine.execute({ language: 'python', code: bomb, limits: { memoryMb: 64 } });
  expect([small.status, small.sandbox?.warm, small.limits.memoryMb]).toEqual(['memory_limit', true, 64]);
  // Python itself needs a part of the memory.
  expect(Number(small.stdout.trim().split('\n').at(-1))).toSatisfy((mib: number) => mib > 48 && mib < 64 + 16);
  const fork =
    'import os\nn = 0\ntry:\n  while os.fork(): n += 1\n  __import__("time").sleep(9)\nexcept OSError: pass\nn + 1';
  const few = await engine.execute({ language: 'python', code: fork, limits: { processes: 30 } });
  expect([few.status, few.sandbox?.warm, few.value]).toEqual(['success', true, 30]);
});

test('the size of the disk is fixed when a container is made, so that another size gets its own', async () => {
  await using engine = open();
  await engine.warm({ language: 'bash', count: 1 });
  const fill = { language: 'bash', code: 'head -c 6M /dev/zero > x; stat -c %s x', limits: { diskMb: 4 } } as const;
  const result = await engine.execute(fill);
  expect(result.sandbox?.warm).toBe(false);
  // Everything except the page or two that the inputs take.
  expect(Number(result.stdout)).toSatisfy((bytes: number) => bytes > 4_100_000 && bytes <= 4 * 1_048_576);
});

test('a container that was killed or frozen while it waited is never handed out', async () => {
  await using engine = open({ docker: { pool: { ceiling: 2 } } });
  await engine.warm({ language: 'python', count: 2 });
  const [one, other] = await listMine();
  await docker('kill', one?.id ?? '');
  await docker('pause', other?.id ?? '');
  try {
    const result = await engine.execute({ language: 'python', code: '6 * 7' });
    expect([result.status, result.value]).toEqual(['success', 42]);
  } finally {
    await docker('unpause', other?.id ?? '').catch(() => undefined);
  }
  await until(
    async () => ready(engine) === 2 && (await listMine()).every(({ id }) => id !== one?.id && id !== other?.id),
  );
});

test('what waits is no more than the options say, and bad options and requests are refused', async () => {
  await using none = open({ docker: { pool: { ceiling: 0 } } });
  await none.execute({ language: 'bash', code: 'true' });
  await sleep(300);
  expect(ready(none)).toBe(0);
  await expect(none.warm({ language: 'bash', count: 1 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await expect(none.warm({ language: 'bash', count: -1 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await expect(none.warm({ language: 'perl' as 'bash', count: 1 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  expect(() => open({ docker: { pool: { ceiling: -1 } } })).toThrow(/docker\.pool\.ceiling/);
});

test('a process that ends without closing its engine is not kept alive, and leaves no container', async () => {
  const program = `
    import { runSandboxed } from '${new URL('../../../../../src/index.ts', import.meta.url).href}';
    for (let call = 0; call < 2; call++) {
      console.log((await runSandboxed({ language: 'python', code: '1' })).status);
      if (call === 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    console.log(process.pid);`;
  // A process that is kept alive is killed by the timeout, and that is an error.
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 120_000,
  });
  const [first, second, pid = ''] = stdout.trim().split('\n');
  expect([first, second]).toEqual(['success', 'success']);
  expect(await client.list({ [ownerLabels.pid]: pid })).toEqual([]);
});
