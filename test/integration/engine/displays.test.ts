import { createEngine, type ExecutionEvent, type ExecutionRequest, executionEventSchema } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const engine = createEngine();
afterAll(() => engine.close());

type Shown = Extract<ExecutionEvent, { readonly type: 'progress' | 'display' }>;

/** The displays and progress of a call's guest, as events. */
async function shownBy(request: ExecutionRequest): Promise<{ readonly shown: Shown[]; readonly status: string }> {
  const shown: Shown[] = [];
  // The guest continues once this many of its displays have arrived.
  const run = async (many: number) => {
    await expect.poll(() => shown.length).toBe(many);
  };
  const tools = { shown: { description: 'Waits for what was shown.', input: z.number(), run } };
  let status = '';
  for await (const event of engine.stream({ ...request, tools })) {
    expect(executionEventSchema.safeParse(event).error).toBeUndefined();
    if (event.type === 'progress' || event.type === 'display') shown.push(event);
    if (event.type === 'finished') ({ status } = event.result);
  }
  return { shown, status };
}

const progressOf = (shown: readonly Shown[]): [number, string][] =>
  shown.flatMap((event) => (event.type === 'progress' ? [[event.fraction, event.text] as [number, string]] : []));

const guests = {
  javascript: {
    steps: `hotcell.progress(0); await tools.shown(1); hotcell.progress(0.4, 'loading');
await tools.shown(2); display('half'); await tools.shown(3); hotcell.progress(7, 'done')`,
    flood: `for (let n = 0; n < 20_000; n += 1) hotcell.progress(n / 20_000, 'step ' + n); hotcell.progress(1, 'last')`,
  },
  python: {
    steps: `hotcell.progress(0); tools.shown(1); hotcell.progress(0.4, "loading"); tools.shown(2)
display("half"); tools.shown(3); hotcell.progress(7, "done")`,
    flood: `for n in range(200_000): hotcell.progress(n / 200_000, f"step {n}")\nhotcell.progress(1, "last")`,
  },
  bash: {
    steps: `hotcell progress 0; tool shown 1; hotcell progress 0.4 loading; tool shown 2
printf half | hotcell display - text/plain; tool shown 3; hotcell progress 7 done`,
    flood: `for n in 1 2 3 4 5 6 7 8; do hotcell progress 0.$n "step $n" & done; wait; hotcell progress 1 last`,
  },
} as const;

describe.each(Object.keys(guests) as (keyof typeof guests)[])('%s', (language) => {
  test('progress and displays come as events, while the guest runs and in their order', async () => {
    const { shown, status } = await shownBy({ language, code: guests[language].steps });
    expect(status).toBe('success');
    expect(
      shown.map((event) => (event.type === 'display' ? event.display.data : [event.fraction, event.text])),
    ).toEqual([[0, ''], [0.4, 'loading'], 'half', [1, 'done']]);
  });

  test('of a flood of progress, some 20 a second come, and the last one does', async () => {
    const start = performance.now();
    const { shown, status } = await shownBy({ language, code: guests[language].flood });
    const seconds = (performance.now() - start) / 1_000;
    expect(status).toBe('success');
    expect(progressOf(shown).at(-1)).toEqual([1, 'last']);
    expect(shown.length).toBeLessThan(21 * seconds + 3);
  });
});

/** Python that sends progress from other threads than the main one after a break: as slow as they are under load. */
const slowThreads = `
import threading, time
display_client = hotcell.progress.__func__.__globals__["display_client"]
send = display_client.send_progress
def send_late(fraction, text):
    if threading.current_thread() is not threading.main_thread():
        time.sleep(0.3)
    send(fraction, text)
display_client.send_progress = send_late
`;

test('in python, no progress arrives after a later one', async () => {
  const code = `${slowThreads}
hotcell.progress(0); hotcell.progress(0.5, "held back"); time.sleep(0.15)
hotcell.progress(1, "last"); time.sleep(0.5)`;
  const { shown, status } = await shownBy({ language: 'python', code });
  expect(status).toBe('success');
  expect(progressOf(shown).at(-1)).toEqual([1, 'last']);
});

test('in python, a signal handler may report progress while the program does', async () => {
  const code = `import signal
signal.signal(signal.SIGALRM, lambda *_: hotcell.progress(0.5, "tick"))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for n in range(20_000): hotcell.progress(n / 20_000, "step")
signal.setitimer(signal.ITIMER_REAL, 0)
hotcell.progress(1, "last")`;
  const { shown, status } = await shownBy({ language: 'python', code });
  expect(status).toBe('success');
  expect(progressOf(shown).at(-1)).toEqual([1, 'last']);
});

test.each([
  ['a thread', 'threading.Thread(target=work).start()'],
  ['an exit function', 'import atexit; atexit.register(work)'],
])('in python, the last progress comes if %s reports it after the last line of the program', async (_, start) => {
  const code = `import threading, time
def work():
    time.sleep(0.2)
    for n in range(100): hotcell.progress(n / 100)
    hotcell.progress(1, "last")
hotcell.progress(0); hotcell.progress(0.1)
${start}`;
  const { shown, status } = await shownBy({ language: 'python', code });
  expect(status).toBe('success');
  expect(progressOf(shown).at(-1)).toEqual([1, 'last']);
});

test('in python, a fork reports progress while a thread of its parent is sending', async () => {
  const code = `${slowThreads}
import os
hotcell.progress(0); hotcell.progress(0.5); time.sleep(0.15)
if (child := os.fork()) == 0:
    hotcell.progress(0.9, "child"); os._exit(0)
os.waitpid(child, 0)
time.sleep(0.5)
hotcell.progress(1, "last")`;
  const { shown, status } = await shownBy({ language: 'python', code });
  expect(status).toBe('success');
  expect(progressOf(shown)).toContainEqual([0.9, 'child']);
  expect(progressOf(shown).at(-1)).toEqual([1, 'last']);
});

test('in a session in python, a function that an earlier call imported reports the last progress', async () => {
  await using session = await engine.openSession({ language: 'python' });
  await session.execute(`${slowThreads}\nfrom hotcell import progress as say`);
  const said: [number, string][] = [];
  for await (const event of session.stream('for n in range(1_000): say(n / 1_000)\nsay(1, "last")')) {
    if (event.type === 'progress') said.push([event.fraction, event.text]);
  }
  expect(said.at(-1)).toEqual([1, 'last']);
});

test.each([
  ['python', 'hotcell.progress(float("nan"))', 'ValueError'],
  ['javascript', 'hotcell.progress("soon")', 'TypeError'],
  ['javascript', 'hotcell.progress(NaN)', 'TypeError'],
] as const)('in %s, %s is refused where it is called', async (language, code, name) => {
  expect((await engine.execute({ language, code })).error).toMatchObject({ code: 'GUEST_ERROR', name, line: 1 });
});

test.each([
  ['python', 'hotcell.progress(1e309, "a\\x1b[2J\\nb" + "x" * 10_000)'],
  ['javascript', 'hotcell.progress(1e309, "a\\x1b[2J\\nb" + "x".repeat(10_000))'],
] as const)('in %s, a progress is cut to 0..1, and its text to one short line', async (language, code) => {
  const { shown } = await shownBy({ language, code });
  expect(progressOf(shown)).toEqual([[1, `a [2J b${'x'.repeat(249)}`]]);
});

test.each([
  ['python', 'n = n + 1 if "n" in globals() else 1\nhotcell.progress(n / 10)\ndisplay(n)'],
  ['javascript', 'globalThis.n = (globalThis.n ?? 0) + 1; hotcell.progress(n / 10); display(n); undefined'],
] as const)('in a session in %s, each call shows its own', async (language, code) => {
  await using session = await engine.openSession({ language });
  for (const n of ['1', '2', '3']) {
    const { displays, status } = await session.execute(code);
    expect([status, displays]).toEqual(['success', [{ group: 1, mediaType: 'application/json', data: n }]]);
  }
});
