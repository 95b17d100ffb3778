/**
 * Tests of sessions in WebAssembly that differ from other sessions; the rest is in test/conformance/sessions.test.ts.
 */
import { createEngine, hostFunction, type Session, type SessionOptions } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const engine = createEngine({ docker: false, isolate: false, routes: { python: 'wasm', bash: 'wasm' } });
afterAll(() => engine.close());

const open = (language: 'python' | 'bash', options: Partial<SessionOptions> = {}): Promise<Session> =>
  engine.openSession({ language, ...options });
const never = hostFunction({
  description: 'Never answers.',
  input: z.object({}),
  run: (_, { signal }) => new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
});

describe.each([
  ['python', 'import os; open("output/a", "w").write("x"); print("b")\nwhile True: pass'],
  ['bash', 'echo x > output/a; echo b; while :; do :; done'],
] as const)('%s', (language, code) => {
  test('gives what an interrupted call wrote', async () => {
    await using session = await open(language);
    const stopped = await session.execute({ code, limits: { timeoutMs: 1_000 } });
    expect(stopped).toMatchObject({ status: 'timeout', stdout: 'b\n', session: { state: 'kept' } });
    expect(stopped.artifacts.map(({ path }) => path)).toEqual(['output/a']);
  });

  test('is interrupted while it waits for a tool, and calls another one then', async () => {
    const add = hostFunction({ description: 'Adds one.', input: z.object({ n: z.number() }), run: ({ n }) => n + 1 });
    await using session = await open(language, { tools: { never, add } });
    const [wait, call] =
      language === 'python' ? ['tools.never()', 'print(tools.add(n=1))'] : ['tool never', `tool add '{"n":1}'`];
    const stopped = await session.execute({ code: wait, limits: { timeoutMs: 2_000 } });
    expect(stopped).toMatchObject({ status: 'timeout', session: { state: 'kept' } });
    expect(stopped.usage.cpuMs).toBeLessThan(1_500);
    expect(await session.execute(call)).toMatchObject({ status: 'success', stdout: '2\n' });
  });

  test('has its disk for the whole session, and gets back what it removes', async () => {
    await using session = await open(language, { limits: { diskMb: 4 } });
    const [fill, remove] =
      language === 'python'
        ? [(name: string) => `open("${name}", "wb").write(bytes(3_000_000)); None`, 'import os; os.remove("a")']
        : [(name: string) => `printf '%3000000s' x > ${name}`, 'rm a'];
    expect(await session.execute(fill('a'))).toMatchObject({ status: 'success' });
    expect((await session.execute(fill('b'))).stderr).toMatch(/no space left/iu);
    await session.execute(remove);
    expect(await session.execute(fill('c'))).toMatchObject({ status: 'success' });
  });

  test('names its call in what it says, and its own session alone', async () => {
    await using session = await open(language);
    await session.execute(language === 'python' ? 'import sys' : ':');
    const over = await session.execute(language === 'python' ? 'import os; os._exit(3)' : 'exit 3');
    expect(over).toMatchObject({ status: 'error', exitCode: 3, session: { call: 2, state: 'lost' } });
  });
});

test('Python hears each interrupt, though it clears the last one after each look', async () => {
  let kept = 0;
  // A busy machine may not let the guest hear an interrupt in time. Its session is lost then, and another one goes on.
  for (let round = 0; kept < 60 && round < 20; round += 1) {
    await using session = await open('python');
    for (let state = 'kept'; state === 'kept' && kept < 60; ) {
      const stopped = await session.execute({ code: 'while True: pass', limits: { timeoutMs: 20 } });
      expect(stopped).toMatchObject({ status: 'timeout', session: { state: expect.stringMatching(/kept|lost/) } });
      state = stopped.session?.state ?? '';
      if (state === 'kept') kept += 1;
    }
  }
  // An interrupt that is cleared unheard is as likely in each round: no session would come far.
  expect(kept).toBe(60);
});

test('Python is interrupted while it waits for its stdin, and reads that of the next call', async () => {
  await using session = await open('python');
  const silent = async function* (): AsyncGenerator<string> {
    yield 'a\n';
    await new Promise((resolve) => setTimeout(resolve, 150_000).unref());
  };
  const read = 'import sys\nfor line in sys.stdin: print(line, end="", flush=True)';
  const stopped = await session.execute({ code: read, stdin: silent(), limits: { timeoutMs: 1_000 } });
  expect(stopped).toMatchObject({ status: 'timeout', stdout: 'a\n', session: { state: 'kept' } });
  expect(await session.execute({ code: read, stdin: 'b\n' })).toMatchObject({ status: 'success', stdout: 'b\n' });
});

test('Python goes on after a MemoryError, with the memory that is left', async () => {
  await using session = await open('python', { limits: { memoryMb: 64 } });
  await session.execute('x = 5');
  expect(await session.execute('y = bytearray(200_000_000)')).toMatchObject({
    status: 'memory_limit',
    session: { state: 'kept' },
  });
  expect(await session.execute('x')).toMatchObject({ value: 5 });
});

test('what is in the way of a file is neither followed nor replaced', async () => {
  for (const [language, code] of [
    ['python', 'import os; os.symlink("/tmp", "folder"); os.symlink("/etc/passwd", "link"); os.mkdir("taken")'],
    ['bash', 'ln -s /tmp folder; ln -s /etc/passwd link; mkdir taken'],
  ] as const) {
    await using session = await open(language);
    expect(await session.execute(code)).toMatchObject({ status: 'success' });
    for (const path of ['folder/a', 'link', 'taken']) {
      await expect(session.files.write(path, 'mine')).rejects.toMatchObject({ code: 'GUEST_ERROR' });
      await expect(session.files.read(path)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    }
    expect(await session.files.list()).toEqual([]);
    expect(await session.execute({ code: '', files: { 'link/b': '' } })).toMatchObject({
      status: 'error',
      session: { state: 'kept' },
    });
  }
});
