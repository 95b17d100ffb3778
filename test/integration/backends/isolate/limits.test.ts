import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { begin, type Given, hostPids, makeBackend, run, type Said } from './harness.ts';

const backend = makeBackend();
afterAll(() => backend.close());
const go = (given: Given | string): Promise<Said> => run(backend, given);
const quick = { timeoutMs: 400 };
const isAlive = async (): Promise<void> => expect((await go('6 * 7')).value).toBe('42');

// Starting a host is not part of any limit.
beforeAll(() => isAlive());

describe('time', () => {
  test.each([
    ['endless loop', 'console.log("begun"); for (;;);'],
    ['loop that V8 made uninterruptible', 'console.log("begun"); for (;;) new Array(1000).fill(1.5)'],
    ['endless microtasks', 'console.log("begun"); (function next() { Promise.resolve().then(next) })()'],
    ['catastrophic expression', 'console.log("begun"); /^(a+)+$/.test("a".repeat(50) + "b")'],
    ['endless timers', 'console.log("begun"); setInterval(() => {}, 1)'],
    ['endless immediates', 'console.log("begun"); (function next() { setImmediate(next) })()'],
    ['endless toJSON', 'console.log("begun"); ({ toJSON() { for (;;); } })'],
    ['endless getter of an error', 'console.log("begun"); throw { get message() { for (;;); } }'],
    ['a far timer', 'console.log("begun"); await new Promise((r) => setTimeout(r, 60000))'],
  ])('%s ends at timeoutMs, with what was written', async (_, code) => {
    const { verdict, stdout } = await go({ code, limits: quick });
    expect([verdict?.end, stdout]).toEqual(['wall', 'begun\n']);
    await isAlive();
  });

  test('processor time has its own limit; waiting does not count', async () => {
    const spinning = await go({ code: 'for (;;);', limits: { timeoutMs: 120_000, cpuMs: 150 } });
    expect(spinning.verdict?.end).toBe('cpu');
    expect(spinning.verdict?.usage.cpuMs).toBeGreaterThanOrEqual(145);
    const code = 'await new Promise((r) => setTimeout(r, 1_000)); 1';
    expect((await go({ code, limits: { timeoutMs: 120_000, cpuMs: 700 } })).verdict?.end).toBe('completed');
  });

  test('a thread that nothing stops costs its host process, not the verdict, and a neighbour is let finish', async () => {
    await isAlive();
    const before = hostPids();
    const neighbour = await begin(backend, { code: 'await new Promise((r) => setTimeout(r, 900)); "finished"' });
    const stuck = await Promise.all([1, 2].map(() => go({ code: 'new Array(2 ** 32 - 1).indexOf(1)', limits: quick })));
    expect(stuck.map(({ verdict }) => verdict?.end)).toEqual(['wall', 'wall']);
    expect((await neighbour.said).value).toBe('"finished"');
    await isAlive();
    expect(hostPids().some((pid) => !before.includes(pid))).toBe(true);
  });
});

describe('memory', () => {
  const bombs: [name: string, code: string, limits: object][] = [
    ['arrays', 'const a = []; for (;;) a.push(new Array(1000).fill(1.5))', { memoryMb: 64 }],
    ['objects', 'const a = []; for (;;) a.push({ a: [1, 2, 3] })', { memoryMb: 64 }],
    ['strings', 'const a = []; let i = 0; for (;;) a.push("x".repeat(1000) + i++ + "y")', { memoryMb: 64 }],
    ['buffers', 'const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))', { memoryMb: 64 }],
    ['closures', 'let f = () => 0; for (;;) { const g = f; f = () => g }', { memoryMb: 32 }],
    [
      'a sort that is a catastrophe for V8',
      'Array.from({ length: 5e7 }, (_, i) => -i).sort().length',
      { memoryMb: 64 },
    ],
    ['a size that nothing has', '"x".repeat(5e8).split("")', { memoryMb: 64 }],
  ];
  test.each(bombs)('%s', async (_, code, limits) => {
    const { verdict, end } = await go({ code: `console.log(1);${code}`, limits: { timeoutMs: 120_000, ...limits } });
    expect(end?.code ?? verdict?.end).toBe(end ? 'MEMORY_LIMIT' : 'memory');
    await isAlive();
  });

  test('a failed allocation that the guest survives does not end the job', async () => {
    const code = 'try { new ArrayBuffer(2 ** 30) } catch (error) { error.name }';
    expect((await go({ code, limits: { memoryMb: 64 } })).value).toBe('"RangeError"');
  });

  test('WebAssembly and shared memory are not there', async () => {
    const code = '[typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics.wait, typeof Atomics.waitAsync]';
    expect((await go(code)).value).toBe('["undefined","undefined","undefined","undefined"]');
  });
});

describe('output', () => {
  test('a flood is held back, does not disturb another job, and ends on request', async () => {
    await isAlive();
    const flood = await begin(backend, { code: 'const line = "x".repeat(1000); for (;;) console.log(line)' });
    const neighbour = await go({ code: 'await new Promise((r) => setTimeout(r, 300)); console.log("quiet"); 1' });
    expect([neighbour.stdout, neighbour.value]).toEqual(['quiet\n', '1']);
    flood.cancel('output');
    const { verdict, stdoutBytes } = await flood.said;
    expect(verdict?.end).toBe('output');
    expect(stdoutBytes).toBeGreaterThan(1e6);
    await isAlive();
  });

  test('all of a long text arrives, in order, characters whole', async () => {
    const { stdout, stderr } = await go('console.log("😀".repeat(1e5)); console.error("e"); console.log("end")');
    expect(stdout).toBe(`${'😀'.repeat(1e5)}\nend\n`);
    expect(stderr).toBe('e\n');
  });

  test('output at the end of the stack does not hurt', async () => {
    const code = 'let n = 0; (function f() { try { f() } finally { if (n++ < 50) console.log({ n }) } })()';
    const { verdict } = await go({ code, limits: { timeoutMs: 60_000 } });
    expect(['completed', 'threw']).toContain(verdict?.end);
  });
});

describe('cancel', () => {
  test.each(['for (;;);', 'await new Promise((r) => setTimeout(r, 60000))'])('%s', async (code) => {
    const going = await begin(backend, { code: `console.log("begun"); ${code}` });
    await going.written('begun');
    going.cancel('cancelled');
    const { verdict, stdout } = await going.said;
    expect([verdict?.end, stdout]).toEqual(['cancelled', 'begun\n']);
  });
});

test('the watchdog limits memory that V8 does not count: the culprit gets the reason, the other job is lost', async () => {
  const own = makeBackend({ hostProcesses: 1 });
  const waits = 'console.log("begun"); await new Promise((r) => setTimeout(r, 120_000))';
  const limits = { memoryMb: 32, diskMb: 1, timeoutMs: 150_000 };
  const neighbour = await begin(own, { code: waits, limits });
  await neighbour.written('begun');
  const code = 'const a = []; for (;;) a.push(new Intl.DateTimeFormat("de", { timeZone: "Europe/Berlin" }))';
  const culprit = await run(own, { code, limits });
  expect(culprit.end).toMatchObject({ code: 'MEMORY_LIMIT', ran: 'yes' });
  expect((await neighbour.said).end).toMatchObject({ code: 'CELL_LOST', ran: 'unknown' });
  await own.close();
});
