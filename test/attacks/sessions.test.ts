/** State that a guest may leave in its session for the runner, the host process and later calls. */
import { createEngine, type ExecutionResult, type Session } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

/** Where Python and Bash run. */
type Backend = 'docker' | 'wasm';
const backends: readonly Backend[] = ['docker', 'wasm'];

const engine = createEngine();
afterAll(() => engine.close());

const python = (backend: Backend = 'docker'): Promise<Session> => engine.openSession({ language: 'python', backend });
const bash = (backend: Backend = 'docker'): Promise<Session> => engine.openSession({ language: 'bash', backend });
const javascript = (): Promise<Session> => engine.openSession({ language: 'javascript' });
const quick = { timeoutMs: 1_000 };

/** The engine and a session of the same tenant still work. */
async function expectOthersSound(backend?: Backend): Promise<void> {
  await using other = await python(backend);
  expect(await other.execute('6 * 7')).toMatchObject({ value: 42, session: { state: 'kept' } });
}

function expectEnd({ status, session, error }: ExecutionResult, state: 'kept' | 'lost', ...statuses: string[]): void {
  expect(statuses, error?.message).toContain(status);
  expect(session?.state).toBe(state);
  expect(error?.code).not.toBe('INTERNAL_ERROR');
}

describe('forged answers', () => {
  test('a process that was left behind takes, drops and ends no later call, whatever it writes as its answer', async () => {
    await using session = await python();
    const started = await session.execute(
      'import os, struct, time\n' +
        'def record(tag, text): return tag + struct.pack(">I", len(text)) + text\n' +
        'for forger in range(2):\n' +
        '  if os.fork() == 0:\n' +
        '    while True:\n' +
        '      for call in range(2, 24):\n' +
        '        for code in (b"0", b"1"):\n' +
        '          number = str(call).encode()\n' +
        '          os.write(3, record(b"J", b\'"fake"\') + record(b"X", number + b" " + code))\n' +
        '      os.write(3, record(b"T", b"Forged\\x001\\0fake\\0") + b"X\\xff\\xff\\xff\\xff" + os.urandom(99))\n' +
        '      time.sleep(0.0005)',
    );
    expect(started.session?.state).toBe('kept');
    for (let call = 2; call <= 20; call += 1) {
      const code = call % 2 === 0 ? `"call ${call}"` : `import time; time.sleep(0.03); "call ${call}"`;
      expect(await session.execute(code)).toMatchObject({ status: 'success', value: `call ${call}` });
    }
    expect(await session.execute('"x" * 500_000')).toMatchObject({ status: 'success', value: 'x'.repeat(500_000) });
    expect(await session.execute('1 / 0')).toMatchObject({ status: 'error', error: { name: 'ZeroDivisionError' } });
    expect(await session.execute('None')).toMatchObject({ status: 'success', valueType: 'none' });
  });

  test('a process that a shell left behind finds no way to the answers of later calls', async () => {
    await using session = await bash();
    await session.execute(
      'forge() { for call in 2 3 4 5 6; do printf "X\\0\\0\\0\\005%d 007" $call > /proc/$$/fd/60; done; }\n' +
        '{ while :; do forge 2> /dev/null; done; } > /dev/null 2>&1 & disown',
    );
    for (let call = 2; call <= 6; call += 1) {
      expect(await session.execute(`sleep 0.05; (exit ${call})`)).toMatchObject({
        status: 'error',
        exitCode: call,
        session: { state: 'kept' },
      });
    }
  });

  test('a process that was left behind gives no later call another code', async () => {
    await using session = await python();
    await session.execute(
      'import os, struct, sys, time\n' +
        'if os.fork() == 0:\n' +
        '  def send(fd, text):\n' +
        '    try: os.write(fd, text)\n' +
        '    except OSError: pass\n' +
        '  while True:\n' +
        '    send(5, struct.pack(">I", 4) + b"fake")\n' +
        '    for pid in (os.getppid(), os.getpid()):\n' +
        '      try: fd = os.open(f"/proc/{pid}/fd/5", os.O_WRONLY | os.O_NONBLOCK)\n' +
        '      except OSError: continue\n' +
        '      send(fd, struct.pack(">I", 4) + b"fake")\n' +
        '      os.close(fd)\n' +
        '    time.sleep(0.0005)',
    );
    for (let call = 2; call <= 8; call += 1) {
      expect(await session.execute(`import time; time.sleep(0.02); ${call}`)).toMatchObject({ value: call });
    }
  });

  test.each([
    ['half a record', 'os.write(3, b"X")'],
    ['a record that is too long', 'os.write(3, b"J" + b"\\xff" * 4)'],
    ['noise', 'os.write(3, os.urandom(100_000))'],
    ['a number that is none', 'os.write(3, b"X\\0\\0\\0\\x05" + b"1 -99")'],
  ])('%s on the socket of the answers costs the session at most', async (_, code) => {
    await using session = await python();
    const { session: info } = await session.execute({ code: `import os\n${code}`, limits: quick });
    const next = await session.execute({ code: '1 + 1', limits: quick });
    if (info?.state === 'kept' && next.session?.state === 'kept') expect(next.value).toBe(2);
    await expectOthersSound();
  });

  test('urgent data of a process that was left behind is nobody’s word, and ends nothing', async () => {
    await using session = await python();
    await session.execute(
      'import os, socket, time\n' +
        'if os.fork() == 0:\n' +
        '  answers = socket.socket(fileno=3)\n' +
        '  while True:\n' +
        '    try: answers.send(b"z", socket.MSG_OOB | socket.MSG_DONTWAIT)\n' +
        '    except OSError: pass\n' +
        '    time.sleep(0.0005)',
    );
    for (let call = 2; call <= 5; call += 1) {
      expect(await session.execute(`import time; time.sleep(0.1); ${call}`)).toMatchObject({
        status: 'success',
        value: call,
        session: { state: 'kept' },
      });
    }
    expect(await session.execute('"x" * 500_000')).toMatchObject({ status: 'success', value: 'x'.repeat(500_000) });
  });

  test('a shell that reads its own next line runs into its time', async () => {
    await using session = await bash();
    await session.execute('(read -r -u 255 line; echo "$line" > /workspace/stolen; sleep 60) & disown');
    const second = await session.execute({ code: 'echo second', limits: quick });
    expect(['success', 'timeout', 'error']).toContain(second.status);
    await expectOthersSound();
  });

  test.each(backends)('a shell whose builtins are functions answers for itself (%s)', async (backend) => {
    await using session = await bash(backend);
    await session.execute(
      'printf() { echo mine; }; source() { echo mine; }; trap() { echo mine; }; exit() { echo mine; }',
    );
    expect(await session.execute('echo real')).toMatchObject({ status: 'success', stdout: 'real\n', stderr: '' });
  });
});

describe('what is left behind', () => {
  test('a process keeps the stdin of its own call, and gets none of another', async () => {
    await using session = await bash();
    await session.execute({
      code: '(cat <&0 > /workspace/stolen) & until [ -s /workspace/stolen ]; do sleep 0.01; done',
      stdin: 'first',
    });
    expect(await session.execute({ code: 'cat', stdin: 'second' })).toMatchObject({ stdout: 'second' });
    expect(Buffer.from(await session.files.read('stolen')).toString()).toBe('first');
  });

  test('processes use no processor between calls', async () => {
    await using session = await bash();
    // Each records the longest pause that it saw: a process that gets no processor sees the whole time between the
    // calls.
    const spin =
      '(last=${EPOCHREALTIME/./}; gap=0; while :; do now=${EPOCHREALTIME/./}; ((now - last > gap)) && gap=$((now - last)) && echo $gap > gap$i; last=$now; done) &';
    const begun = await session.execute(`cd /workspace; for i in 1 2 3; do ${spin} done; sleep 0.05`);
    expect(begun.status).toBe('success');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const look =
      'for i in 1 2 3; do until (( $(cat gap$i 2>/dev/null || echo 0) > 1400000 )); do sleep 0.05; done; echo $i paused; done';
    expect(await session.execute(look)).toMatchObject({ status: 'success', stdout: '1 paused\n2 paused\n3 paused\n' });
  });

  test('a process that kills the main one ends the session, and the call says by what', async () => {
    await using session = await bash();
    const ended = await session.execute({ code: 'kill -9 $$; sleep 1', limits: { timeoutMs: 5_000 } });
    expectEnd(ended, 'lost', 'error');
    expect(ended).toMatchObject({ signal: 'SIGKILL', error: { code: 'GUEST_SIGNALLED' } });
    await expectOthersSound();
  });

  test('a fork bomb of one call is gone with its session', async () => {
    const session = await bash();
    await session.execute({ code: 'bomb() { bomb | bomb & }; bomb; sleep 0.3', limits: { timeoutMs: 2_000 } });
    await session.close();
    await expectOthersSound();
  });

  test('a symbolic link, a pipe or a folder in the place of a file holds up nobody', async () => {
    await using session = await bash();
    await session.execute(
      'cd /workspace; mkfifo pipe; ln -s /etc/passwd link; ln -s /etc folder; mkdir taken; rm -rf .hotcell/inputs.json; ' +
        'mkfifo .hotcell/inputs.json; ln -sf /etc/passwd .hotcell/value.json',
    );
    for (const path of ['pipe', 'link', 'folder/passwd', 'taken']) {
      await expect(session.files.write(path, 'mine')).rejects.toMatchObject({ code: 'GUEST_ERROR' });
      await expect(session.files.read(path)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    }
    expect(await session.execute({ code: 'jq .n "$HOTCELL_INPUTS"', inputs: { n: 3 } })).toMatchObject({
      stdout: '3\n',
    });
    await session.execute('cd /workspace; rm -rf .hotcell; ln -s /tmp .hotcell');
    expectEnd(await session.execute('echo here'), 'kept', 'error');
    await expectOthersSound();
  });
});

describe.each(backends)('an interpreter that was taken apart (%s)', (backend) => {
  test.each([
    [
      'its own functions',
      'import builtins, os, sys, json, signal\nfor module in (builtins, os, sys, json, signal):\n  for name in list(vars(module)):\n    if not name.startswith("__"):\n      try: setattr(module, name, None)\n      except Exception: pass',
    ],
    ['its descriptors', 'import os; os.closerange(0, 100)'],
    [
      'its signal mask',
      'import signal, time; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}); time.sleep(60)',
    ],
    [
      'its frames',
      'import sys, ctypes\nframe = sys._getframe()\nwhile frame.f_back: frame = frame.f_back; frame.f_locals.clear()',
    ],
    ['its handler', 'import sys, time\nwhile True:\n  try: time.sleep(60)\n  except BaseException: pass'],
  ])('costs its own session at most: %s', async (_, code) => {
    await using session = await python(backend);
    const result = await session.execute({ code, limits: quick });
    expect(result.error?.code).not.toBe('INTERNAL_ERROR');
    const next = await session.execute({ code: '6 * 7', limits: quick });
    if (next.status === 'success') expect(next.value).toBe(42);
    else expect(next.error?.code).not.toBe('INTERNAL_ERROR');
    await expectOthersSound(backend);
  });

  test('a finalizer and an exit function run for no call', async () => {
    await using session = await python(backend);
    await session.execute(
      'import atexit\nclass Late:\n  def __del__(self): print("late")\nlate = Late()\natexit.register(print, "exit")',
    );
    expect(await session.execute('1')).toMatchObject({ stdout: '', value: 1 });
  });
});

describe('a realm that was taken apart', () => {
  test.each([
    [
      'its prototypes',
      'for (const type of [Promise, Array, Object, String, Function, Map]) for (const name of Object.getOwnPropertyNames(type.prototype)) try { if (name !== "constructor") type.prototype[name] = () => { throw 1 } } catch {}',
    ],
    [
      'its globals',
      'for (const name of Object.getOwnPropertyNames(globalThis)) try { globalThis[name] = undefined } catch {}',
    ],
    [
      'what a call is given',
      'Object.defineProperty(globalThis, "inputs", { value: "locked" }); Object.freeze(globalThis)',
    ],
    ['a promise that an earlier call awaits', 'globalThis.hold = Promise.withResolvers(); await hold.promise'],
  ])('decides nothing for the host: %s', async (_, code) => {
    await using session = await javascript();
    await session.execute({ code, limits: quick });
    const next = await session.execute({
      code: 'typeof hold === "undefined" ? 0 : hold.resolve(7); 6 * 7',
      limits: quick,
    });
    if (next.status === 'success') expect(next.value).toBe(42);
    expect(next.error?.code).not.toBe('INTERNAL_ERROR');
    await using other = await javascript();
    expect(await other.execute('[inputs, typeof hold, [1].map((n) => n)]')).toMatchObject({
      value: [null, 'undefined', [1]],
    });
  });

  test('timers, promises and calls of tools that a call leaves do nothing in the next', async () => {
    await using session = await javascript();
    await session.execute({
      code: 'setInterval(() => console.log("tick"), 1); for (let n = 0; n < 5; n += 1) setTimeout(() => { throw new Error("late") }, 700); await new Promise(() => {})',
      limits: { timeoutMs: 300 },
    });
    expect(await session.execute('await new Promise((resolve) => setTimeout(resolve, 600)); "clean"')).toMatchObject({
      status: 'success',
      value: 'clean',
      stdout: '',
    });
  });
});
