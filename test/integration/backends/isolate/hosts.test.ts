import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { IsolateOptions } from '../../../../src/backends/isolate/backend.ts';
import type { Backend } from '../../../../src/contract/spi/backend.ts';
import { testPlaces } from '../../../support/placements.ts';
import { begin, hostPids, isAlive, makeBackend, makeJob, run } from './harness.ts';

const backends: Backend[] = [];
const open = (options: IsolateOptions = {}): Backend => {
  const backend = makeBackend(options);
  backends.push(backend);
  return backend;
};
afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.close()));
  expect(hostPids()).toEqual([]);
});
const isContained = testPlaces[0]?.placement === 'container';
const lasting = 'console.log("begun"); await new Promise((r) => setTimeout(r, 20000))';

test('nothing starts before the first lease; close leaves nothing', async () => {
  const backend = open();
  await sleep(50);
  expect(hostPids()).toEqual([]);
  expect((await run(backend, '1')).value).toBe('1');
  expect(hostPids()).toHaveLength(1);
  const going = await begin(backend, { code: lasting });
  await backend.close();
  await backend.close();
  expect((await going.said).end).toMatchObject({ code: 'CELL_LOST' });
  expect(hostPids()).toEqual([]);
  await expect(async () => backend.lease(makeJob({}), AbortSignal.timeout(60_000))).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
  });
});

test('tenants never share a process, and a host runs as its own user without rights', async () => {
  const backend = open();
  const first = await begin(backend, { code: lasting, tenant: 'a' });
  const second = await begin(backend, { code: lasting, tenant: 'b' });
  await Promise.all([first.written('begun'), second.written('begun')]);
  const pids = hostPids();
  expect(pids).toHaveLength(2);
  if (process.getuid?.() === 0) {
    const status = pids.map((pid) => readFileSync(`/proc/${pid}/status`, 'utf8'));
    const uids = status.map((text) => /^Uid:\t(\d+)\t\1\t\1\t\1$/m.exec(text)?.[1]);
    // In a container all hosts run as the one user of the image.
    expect(new Set(uids).size).toBe(isContained ? 1 : 2);
    expect(uids).not.toContain('0');
    for (const text of status) expect(text).toMatch(isContained ? /^Groups:\t10000 $/m : /^Groups:\t\s*$/m);
    for (const text of status) expect(text).toMatch(/^CapEff:\t0+$/m);
  }
  await first.cell[Symbol.asyncDispose]();
  await second.cell[Symbol.asyncDispose]();
});

test('a host killed from outside: its jobs are lost, and the next call runs', async () => {
  const backend = open();
  const going = await begin(backend, { code: lasting });
  await going.written('begun');
  for (const pid of hostPids()) process.kill(pid, 'SIGKILL');
  const { end, stdout } = await going.said;
  expect([end?.code, end?.ran, stdout]).toEqual(['CELL_LOST', 'unknown', 'begun\n']);
  expect(end?.message).toContain('SIGKILL');
  expect((await run(backend, '2')).value).toBe('2');
});

test('warmed ahead, as many hosts wait, and the first call of a tenant finds one', async () => {
  const backend = open({ memoryBudgetMb: 1_024 });
  const signal = AbortSignal.timeout(120_000);
  await backend.warm(makeJob({}), 3, signal);
  expect(hostPids()).toHaveLength(3);
  const first = await begin(backend, { code: '1', tenant: 'a' });
  expect(first.cell.sandbox.warm).toBe(true);
  await first.said;
  await first.cell[Symbol.asyncDispose]();
  expect(backend.pool()).toMatchObject([{ profile: 'host process', hits: 1, misses: 0 }]);
  await expect.poll(() => backend.pool()[0]?.ready).toBe(3);
  await backend.warm(makeJob({}), 1, signal);
  await expect.poll(() => hostPids().length).toBe(2);
  await expect(backend.warm(makeJob({}), 100, signal)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});

test('no job is placed on a host that may be killed for another job', async () => {
  const backend = open({ hostProcesses: 1, spareHosts: 0 });
  const going = await begin(backend, { code: lasting });
  await going.written('begun');
  for (const pid of hostPids()) process.kill(pid, 'SIGSTOP');
  await going.cell[Symbol.asyncDispose]();
  expect((await run(backend, '4')).value).toBe('4');
});

test('a host that hangs is killed', async () => {
  const backend = open();
  const going = await begin(backend, { code: lasting, limits: { timeoutMs: 60_000 } });
  const late = await begin(backend, { code: 'console.log("begun"); for (;;);', limits: { timeoutMs: 4_000 } });
  await Promise.all([going.written('begun'), late.written('begun')]);
  for (const pid of hostPids()) process.kill(pid, 'SIGSTOP');
  expect((await going.said).end).toMatchObject({ code: 'CELL_LOST', ran: 'unknown' });
  expect((await late.said).end).toMatchObject({ code: 'WALL_TIMEOUT', ran: 'yes' });
  expect((await run(backend, '3')).value).toBe('3');
});

test('a host that is held up while it destroys the guest of one job keeps its other jobs', async () => {
  const backend = open({ hostProcesses: 1 });
  const going = await begin(backend, { code: 'console.log("begun"); for (;;);' });
  const code = 'console.log("begun"); await new Promise((r) => setTimeout(r, 3000)); "kept"';
  const other = await begin(backend, { code, limits: { timeoutMs: 60_000 } });
  await Promise.all([going.written('begun'), other.written('begun')]);
  const pids = hostPids();
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await going.cell[Symbol.asyncDispose]();
  await sleep(1_000);
  for (const pid of pids) process.kill(pid, 'SIGCONT');
  expect(await other.said).toMatchObject({ value: '"kept"' });
  await other.cell[Symbol.asyncDispose]();
  expect(hostPids()).toEqual(pids);
});

test('a host whose job cannot be stopped when its cell is disposed is killed', async () => {
  const backend = open();
  const going = await begin(backend, { code: lasting });
  await going.written('begun');
  for (const pid of hostPids()) process.kill(pid, 'SIGSTOP');
  await going.cell[Symbol.asyncDispose]();
  await expect.poll(() => hostPids()).toEqual([]);
});

test('disposing a cell destroys its guest and keeps the host', async () => {
  const backend = open();
  const going = await begin(backend, { code: 'console.log("begun"); for (;;);' });
  await going.written('begun');
  const pids = hostPids();
  await going.cell[Symbol.asyncDispose]();
  await sleep(300);
  expect((await run(backend, '4')).value).toBe('4');
  expect(hostPids()).toEqual(pids);
});

test('idle hosts are retired, spare ones wait', async () => {
  const backend = open({ idleMs: 300, spareHosts: 1 });
  expect((await run(backend, '5')).value).toBe('5');
  const [bound] = hostPids();
  await expect.poll(() => hostPids().includes(bound ?? 0)).toBe(false);
  await expect.poll(() => backend.pool()[0]?.ready).toBe(1);
  expect(hostPids()).toHaveLength(1);
  const cell = await backend.lease(makeJob({ tenant: 'new' }), AbortSignal.timeout(60_000));
  expect(cell.sandbox).toMatchObject({ backend: 'isolate', isolation: 'fresh', runtime: 'v8', warm: true });
  await cell[Symbol.asyncDispose]();
});

test('calls that leave no pause do not keep the next host from being started', async () => {
  const backend = open({ spareHosts: 1 });
  // If the next host is not started, the calls continue until the test is given up and its backend closed.
  for (let calls = 0; calls < 2 || backend.pool()[0]?.ready !== 1; calls += 1) {
    expect((await run(backend, '5')).value).toBe('5');
  }
  expect(backend.pool()).toMatchObject([{ profile: 'host process', ready: 1, misses: 1 }]);
});

test('the memory budget bounds hosts: idle ones make room, busy ones do not', async () => {
  const backend = open({ memoryBudgetMb: 400 });
  await run(backend, { code: '1', tenant: 'a' });
  await run(backend, { code: '1', tenant: 'b' });
  await expect.poll(() => hostPids()).toHaveLength(1);
  const going = await begin(backend, { code: lasting, tenant: 'a' });
  await expect(async () => backend.lease(makeJob({ tenant: 'b' }), AbortSignal.timeout(5_000))).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    ran: 'no',
    retryAfterMs: 1_000,
  });
  await going.cell[Symbol.asyncDispose]();
});

test('many jobs of many tenants at once all end', async () => {
  const backend = open({ spareHosts: 1 });
  const jobs = Array.from({ length: 60 }, (_, index) =>
    run(backend, {
      code: `await new Promise((r) => setTimeout(r, ${index % 7})); ${index}`,
      tenant: `t${index % 3}`,
      limits: { memoryMb: 64 },
    }),
  );
  expect((await Promise.all(jobs)).map(({ value }) => value)).toEqual(jobs.map((_, index) => String(index)));
});

test('a lease can be aborted while its host starts', async () => {
  const backend = open();
  const abort = new AbortController();
  const lease = backend.lease(makeJob({}), abort.signal);
  abort.abort(new Error('enough'));
  await expect(lease).rejects.toThrow('enough');
});

test('a process that never closes the backend ends by itself, and its hosts with it', async () => {
  const harness = new URL('./harness.ts', import.meta.url).href;
  const script = `import { makeBackend, run } from '${harness}';
    const said = await run(makeBackend({ spareHosts: 1 }), '40 + 2'); console.log(said.value);
    await new Promise((r) => setTimeout(r, 600));`;
  const child = spawn(
    process.execPath,
    ['--input-type=module-typescript', '--disable-warning=ExperimentalWarning', '-e', script],
    {
      cwd: fileURLToPath(new URL('../../../unit/backends/isolate', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  let hosts: number[] = [];
  const timer = setInterval(() => {
    hosts = [...new Set([...hosts, ...hostPids(child.pid)])];
  }, 20);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  expect([code, stdout]).toEqual([0, '42\n']);
  expect(hosts.length).toBeGreaterThan(0);
  await expect.poll(() => hosts.filter(isAlive)).toEqual([]);
});

test('the doctor finds all well', async () => {
  const checks = await open().check(AbortSignal.timeout(120_000));
  expect(checks.map(({ name }) => name)).toEqual(['node', 'isolated-vm', 'isolate user', 'isolate']);
  expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
});
