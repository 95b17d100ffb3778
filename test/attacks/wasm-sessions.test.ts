/** State that a guest in WebAssembly may leave in its session, and attacks on the interrupt. */
import { createEngine, type Session } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

const engine = createEngine({ docker: false, isolate: false, routes: { python: 'wasm', bash: 'wasm' } });
afterAll(() => engine.close());

const open = (language: 'python' | 'bash'): Promise<Session> => engine.openSession({ language });
const quick = { timeoutMs: 500 };

/** A session of the same tenant, in the same host process, still works. */
async function expectOthersSound(): Promise<void> {
  await using other = await open('python');
  expect(await other.execute('6 * 7')).toMatchObject({ value: 42, session: { state: 'kept' } });
}

describe('an interrupt', () => {
  test('that comes as its call ends is not felt by the next one', async () => {
    await using sessions = new AsyncDisposableStack();
    const begin = async (): Promise<Session> => {
      const opened = sessions.use(await open('python'));
      await opened.execute('import time');
      return opened;
    };
    let session = await begin();
    for (let round = 0; round < 25; round += 1) {
      const ended = await session.execute({
        code: 'time.sleep(0.06)\nfor n in range(30_000): pass',
        limits: { timeoutMs: 60 + round },
      });
      expect(['success', 'timeout']).toContain(ended.status);
      // A busy machine may not let the guest hear the interrupt in time. Its session is lost then, as it must be.
      if (ended.session?.state === 'lost') session = await begin();
      expect(await session.execute('sum(n for n in range(1_000))')).toMatchObject({
        status: 'success',
        value: 499_500,
      });
    }
  });

  const disarm = 'import signal\ntype(signal.getsignal(signal.SIGINT)).__call__ = lambda *_: None';
  test.each([
    ['swallows it', 'while True:\n  try:\n    while True: pass\n  except BaseException: pass'],
    ['ignores the signal', 'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass'],
    ['takes what handles it apart', `${disarm}\nwhile True: pass`],
    ['is in one long computation', 'sum(range(10 ** 12))'],
  ])('does not reach a program that %s: that one is killed, and its session with it', async (_, code) => {
    await using session = await open('python');
    const stopped = await session.execute({ code, limits: quick });
    expect(stopped).toMatchObject({ status: 'timeout', error: { code: 'WALL_TIMEOUT' }, session: { state: 'lost' } });
    expect(await session.execute('1')).toMatchObject({ error: { code: 'SESSION_ENDED', ran: 'no' } });
    await expectOthersSound();
  });

  test('comes by memory that the guest does not find, all the way through its realm', async () => {
    await using session = await open('python');
    // All that can be reached from the realm's globals and from the function that Python sleeps by.
    const search = `
      const seen = new Set([globalThis, given]), kinds = [];
      for (const each of seen) {
        const kind = Object.prototype.toString.call(each);
        if (kind.includes('Shared') || (ArrayBuffer.isView(each) && !(each.buffer instanceof ArrayBuffer))) kinds.push(kind);
        if (ArrayBuffer.isView(each)) continue;
        for (const key of Reflect.ownKeys(each)) {
          let value;
          try { value = each[key]; } catch {}
          if (Object(value) === value && seen.size < 50_000) seen.add(value);
        }
        const above = Object.getPrototypeOf(each);
        if (above) seen.add(above);
      }
      return seen.size + ' ' + kinds.join() + ' ' + ['wait', 'notify'].filter((name) => name in Atomics).join();`;
    const code = [
      'import time',
      'inner = next(c.cell_contents for c in time.sleep.__closure__ if "Js" in type(c.cell_contents).__name__)',
      `inner.constructor.constructor("given", ${JSON.stringify(search)})(inner)`,
    ].join('\n');
    const { value, error } = await session.execute(code);
    expect(value, error?.message).toMatch(/^\d{3,} {2}$/);
  });
});

describe('a shell', () => {
  test.each([
    ['without commands', 'rm -rf /bin /usr/bin; PATH=/nowhere; IFS=x; readonly PATH IFS'],
    ['without descriptors', 'exec 0<&- 1>&- 2>&-'],
    ['that runs nothing any more', 'set -n'],
    ['that ends with the first failure', 'set -eu; echo $nothing'],
    [
      'that calls for its next call',
      '"/bin/hotcell next call" 0; "/bin/hotcell next call" 0; (exec "/bin/hotcell next call" 0)',
    ],
    ['whose own files are links', 'rm -rf /workspace/.hotcell; ln -s /tmp /workspace/.hotcell; rm -rf /dev'],
    ['that leaves a loop', 'for n in 1 2; do break 100; done; continue 7'],
    ['that calls itself', 'f() { f; }; f'],
  ])('%s costs its own session at most', async (_, code) => {
    await using session = await open('bash');
    await session.execute({ code, limits: quick });
    for (const text of ['one', 'two']) {
      const next = await session.execute({ code: `echo ${text}`, limits: quick });
      expect(next.error?.code).not.toBe('INTERNAL_ERROR');
      if (next.status === 'success') expect(`${text}\n`).toContain(next.stdout);
    }
    await expectOthersSound();
  });

  test('that waits is awake at once when it is interrupted, in whatever it waits', async () => {
    await using session = await open('bash');
    for (const code of [
      'sleep 60',
      'x=$(sleep 60)',
      '(sleep 60) | cat',
      'f() { sleep 60; }; f',
      'timeout 50 sleep 60',
      'bash -c "sleep 60"',
    ]) {
      const stopped = await session.execute({ code, limits: { timeoutMs: 200 } });
      expect([code, stopped.status, stopped.session?.state]).toEqual([code, 'timeout', 'kept']);
    }
    expect(await session.execute('echo well')).toMatchObject({ stdout: 'well\n' });
  });
});

test.each([
  [
    'python',
    'open("/workspace/left", "w").write("x"); import builtins; builtins.left = 1',
    'import os, builtins; [os.listdir("/workspace"), hasattr(builtins, "left")]',
    [['output'], false],
  ],
  [
    'bash',
    'left=1; echo x > /workspace/left; export left',
    'echo "[\\"$left\\", \\"$(ls /workspace)\\"]" > $HOTCELL_VALUE',
    ['', 'output'],
  ],
] as const)('nothing of a session in %s survives its end', async (language, leave, look, nothing) => {
  const session = await open(language);
  expect(await session.execute(leave)).toMatchObject({ status: 'success' });
  await session.close();
  await using next = await open(language);
  expect(await next.execute(look)).toMatchObject({ status: 'success', value: nothing });
});

test('a session that is closed while it computes or waits is gone, and its host goes on', async () => {
  for (const [language, code] of [
    ['python', 'while True: pass'],
    ['python', 'import time; time.sleep(60)'],
    ['bash', 'while :; do :; done'],
    ['bash', 'sleep 60'],
  ] as const) {
    const session = await open(language);
    const begun = Promise.withResolvers<void>();
    const running = (async () => {
      for await (const event of session.stream(code)) {
        if (event.type === 'started') begun.resolve();
        if (event.type === 'finished') return event.result;
      }
      return undefined;
    })();
    await begun.promise;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await session.close();
    expect(await running).toMatchObject({ status: 'cancelled', session: { state: 'lost' } });
  }
  await expectOthersSound();
});
