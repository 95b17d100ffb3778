/** Containers that the jobs of a tenant share, on the real engine. Attacks of guests are in `test/attacks/tenant`. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createEngine, type Engine, type EngineOptions, type ExecutionRequest, type ExecutionResult } from 'hotcell';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guestSeccompProfile } from '../../../../../src/backends/docker/cells/seccomp-profile.ts';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { ownerLabels } from '../../../../../src/backends/docker/daemon/owner.ts';

let client: DockerClient;
const docker = async (...words: string[]): Promise<string> =>
  (await promisify(execFile)('docker', words)).stdout.trim();
const listMine = () => client.list({ [ownerLabels.pid]: String(process.pid) });
const open = (docker: Exclude<EngineOptions['docker'], false> = {}): Engine =>
  createEngine({ isolate: false, docker: { ...docker, tenant: { spares: 0, ...docker.tenant } } });
const share = (engine: Engine, code: string, more: Partial<ExecutionRequest> = {}): Promise<ExecutionResult> =>
  engine.execute({ language: 'python', isolation: 'tenant', tenant: 'one', ...more, code });

const until = (isTrue: () => boolean | Promise<boolean>): Promise<void> => expect.poll(isTrue).toBe(true);

/** Number of processes in the only container, as the host sees them: PID 1, the zygote, and those of jobs. */
async function processes(): Promise<number> {
  const [container] = await listMine();
  return (await docker('top', container?.id ?? '', '-eo', 'pid')).split('\n').length - 1;
}
/** PID 1 and the zygote, then two waiting runners, each with its guest. */
const atRest = 6;

beforeAll(async () => {
  client = connectDocker({ address: (await findEngine()).address });
});
afterAll(async () => {
  expect(await listMine()).toEqual([]);
  client.close();
});

test('jobs of a tenant share one container, even if they arrive together; another tenant has its own', async () => {
  await using engine = open();
  const code = 'import time; time.sleep(0.3); open("/tmp/mine", "x").close(); 7';
  const results = await Promise.all([1, 2, 3, 4].map(() => share(engine, code)));
  expect(results.map(({ status, value, sandbox }) => [status, value, sandbox?.isolation])).toEqual(
    Array(4).fill(['success', 7, 'tenant']),
  );
  expect(await listMine()).toHaveLength(1);
  const again = await share(engine, code);
  expect([again.status, again.sandbox?.warm]).toEqual(['success', true]);
  const other = await share(engine, code, { tenant: 'two' });
  expect([other.status, other.sandbox?.warm]).toEqual(['success', false]);
  expect(await listMine()).toHaveLength(2);
});

test('forks count no references to what the zygote holds, and count those to what a job makes', async () => {
  await using engine = open();
  const code = `
import json, sys, weakref
class Own: pass
own = Own()
freed = []
weakref.finalize(own, freed.append, True)
mortal = lambda *values: [sys.getrefcount(each) < 1 << 31 for each in values]
held = mortal(json, json.dumps, json.JSONEncoder, vars(json), json.dumps.__code__, json.dumps.__doc__)
made = mortal(own, Own, [], freed)
del own
[sys.version_info >= (3, 12), held, made, freed]`;
  const { value, error } = await share(engine, code);
  expect(error).toBeUndefined();
  expect(value).toEqual([true, Array(6).fill(false), Array(4).fill(true), [true]]);
});

test('jobs of one container draw different random numbers, whatever they draw them with', async () => {
  await using engine = open();
  const code = `
import os, random, secrets, ssl, tempfile, uuid
[random.random(), random.getrandbits(50), secrets.token_hex(8), uuid.uuid4().hex, os.urandom(8).hex(),
 ssl.RAND_bytes(8).hex(), next(tempfile._get_candidate_names()), random.SystemRandom().random()]`;
  const results = await Promise.all([1, 2, 3, 4].map(() => share(engine, code)));
  expect(results.map(({ error }) => error)).toEqual(Array(4).fill(undefined));
  const drawn = results.map(({ value }) => value as unknown[]);
  for (let index = 0; index < 8; index += 1) {
    const values = drawn.map((each) => each[index]);
    expect(new Set(values).size, values.join()).toBe(4);
  }
});

test('the processes of one job meet over its loopback', async () => {
  await using engine = open();
  const meet = `
import os, socket
met = []
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    try:
        server = socket.create_server((address, 4_000), family=family)
    except OSError:
        continue
    if os.fork() == 0:
        with socket.create_connection((address, 4_000)) as client:
            client.sendall(b"x" * 300_000)
        os._exit(0)
    far, size = server.accept()[0], 0
    while piece := far.recv(65_536):
        size += len(piece)
    met.append(size)
met`;
  // All use the same port at the same time, because each job has its own network.
  const results = await Promise.all([1, 2, 3].map(() => share(engine, meet)));
  for (const { value, error } of results) expect([(value as number[])[0], error]).toEqual([300_000, undefined]);
  const script = 'exec 3<>/dev/tcp/127.0.0.1/9 && exit 3; echo refused >&2; exit 0';
  const refused = await share(engine, script, { language: 'bash' });
  expect([refused.status, refused.stderr]).toEqual(['success', expect.stringContaining('Connection refused')]);
});

test('a job of 64 busy processes leaves a neighbour with one a fair share of the processors', async () => {
  await using engine = open();
  await share(engine, '1');
  const meter = `
import os, time
def busy(begin, seconds):
    while time.time() < begin:
        pass
    used = time.process_time()
    while time.time() < begin + seconds:
        pass
    return (time.process_time() - used) * 1e6`;
  const many = `${meter}
leader, (read, write) = os.getpid(), os.pipe()
for _ in range(6):
    os.fork()
os.write(write, b"%09d\\n" % busy(inputs, 3))
if os.getpid() != leader:
    os._exit(0)
text = b""
while len(text) < 640:
    text += os.read(read, 640)
sum(map(int, text.split()))`;
  const one = `${meter}
time.sleep(max(inputs - time.time(), 0))
int(busy(inputs, 3))`;
  // Both count for the same three seconds. With equal shares for all processes, the single one would get a 65th.
  const inputs = Date.now() / 1_000 + 4;
  const limits = { timeoutMs: 45_000, processes: 100 };
  const [hog, fair] = await Promise.all([
    share(engine, many, { limits, inputs }),
    share(engine, one, { limits, inputs }),
  ]);
  expect([hog.error?.message, fair.error?.message]).toEqual([undefined, undefined]);
  const [most, own] = [hog.value as number, fair.value as number];
  expect(own / (own + most), `${own} and ${most} µs`).toBeGreaterThan(4 / 65);
});

test('a container ends with its supervisor and with its zygote, and says so', async () => {
  for (const which of ['zygote', 'supervisor']) {
    await using engine = open();
    await share(engine, '1');
    const running = share(engine, 'import time; time.sleep(20)');
    await until(async () => (await processes()) > atRest);
    const [container] = await listMine();
    const id = container?.id ?? '';
    const supervisor = Number(await docker('inspect', '-f', '{{.State.Pid}}', id));
    const rows = (await docker('top', id, '-eo', 'pid,ppid')).split('\n').map((row) => row.trim().split(/\s+/));
    const zygote = Number(rows.find(([, parent]) => Number(parent) === supervisor)?.[0]);
    process.kill(which === 'zygote' ? zygote : supervisor, 'SIGKILL');
    const { status, error } = await running;
    expect([status, error?.code, error?.ran]).toEqual(['internal_error', 'CELL_LOST', 'unknown']);
    expect(await share(engine, '1 + 1')).toMatchObject({ status: 'success', value: 2 });
  }
});

test('nothing of a job is left when it is over, whatever ended it', async () => {
  await using engine = open();
  const spawn = 'import os, time\nfor _ in range(5):\n  if os.fork() == 0:\n    os.setsid(); time.sleep(60)\n';
  const stop = new AbortController();
  const cancelled = share(engine, `${spawn}time.sleep(60)`, { signal: stop.signal });
  const ends = await Promise.all([
    share(engine, spawn),
    share(engine, `${spawn}time.sleep(60)`, { limits: { timeoutMs: 300 } }),
    sleep(500).then(() => stop.abort()),
    cancelled,
  ]);
  expect([ends[0].status, ends[1].status, ends[3].status]).toEqual(['success', 'timeout', 'cancelled']);
  await until(async () => (await processes()) === atRest);
  expect(await listMine()).toHaveLength(1);
});

test('a container that dies costs its jobs, whose outcome is unknown, and the next call has another', async () => {
  await using engine = open();
  await share(engine, '1');
  const running = [1, 2].map(() => share(engine, 'import time; time.sleep(20)'));
  await until(async () => (await processes()) > atRest);
  const [container] = await listMine();
  await docker('kill', container?.id ?? '');
  for (const { status, error } of await Promise.all(running)) {
    expect([status, error?.code, error?.ran]).toEqual(['internal_error', 'CELL_LOST', 'unknown']);
  }
  expect(await share(engine, '1 + 1')).toMatchObject({ status: 'success', value: 2 });
});

test('a guest that does not read its stdin keeps no neighbour waiting', async () => {
  await using engine = open();
  await share(engine, '1');
  const stdin = 'x'.repeat(8_000_000);
  const stop = new AbortController();
  const limits = { timeoutMs: 300_000 };
  const deaf = share(engine, 'import time; time.sleep(299)', { stdin, limits, signal: stop.signal });
  await sleep(500);
  // The other job ends while the one that does not read continues.
  expect(await share(engine, '2')).toMatchObject({ status: 'success', value: 2 });
  stop.abort();
  expect((await deaf).status).toBe('cancelled');
  expect(await share(engine, 'import sys; len(sys.stdin.read())', { stdin })).toMatchObject({ value: 8_000_000 });
});

test('a job takes its disk, and jobs together the memory and the number that a container has', async () => {
  await using engine = open({ slots: 4, tenant: { memoryMb: 600 } });
  const fill = 'open("/tmp/f", "wb").write(bytes(inputs << 20))';
  const large = await share(engine, fill, { inputs: 90, limits: { diskMb: 100 } });
  expect([large.status, large.value]).toEqual(['success', 90 << 20]);
  expect(await share(engine, fill, { inputs: 20, limits: { diskMb: 16 } })).toMatchObject({ status: 'error' });
  const pair = [1, 2].map(() => share(engine, 'import time; time.sleep(1)', { limits: { memoryMb: 400 } }));
  expect((await Promise.all(pair)).map(({ status }) => status)).toEqual(['success', 'success']);
  expect(await listMine()).toHaveLength(2);
  const tooLarge = await share(engine, '1', { limits: { memoryMb: 700 } });
  expect(tooLarge).toMatchObject({ status: 'success', sandbox: { isolation: 'fresh' } });
});

test('warm has a container and cells wait, stats say so, and an idle container goes', async () => {
  await using engine = open({ tenant: { idleMs: 300, maxJobs: 3 } });
  await engine.warm({ language: 'python', isolation: 'tenant', tenant: 'one', count: 5 });
  await until(async () => (await processes()) === atRest + 6);
  expect(engine.stats().docker?.pool).toMatchObject([{ ready: 1, making: 0, hits: 0, misses: 0 }]);
  await sleep(700);
  expect(await share(engine, '1')).toMatchObject({ status: 'success', sandbox: { warm: true } });
  expect(engine.stats().docker?.pool).toMatchObject([{ hits: 1 }]);
  await engine.warm({ language: 'python', isolation: 'tenant', tenant: 'one', count: 0 });
  await until(async () => (await listMine()).length === 0);
});

test('where the host refuses, such jobs get a fresh container, and doctor says why', async () => {
  await using engine = open({ seccompProfile: guestSeccompProfile });
  const { status, value, sandbox } = await share(engine, '3');
  expect([status, value, sandbox?.isolation]).toEqual(['success', 3, 'fresh']);
  const check = (await engine.check()).find(({ name }) => name === 'tenant tier');
  expect(check).toMatchObject({ verdict: 'warn', detail: expect.stringContaining('Operation not permitted') });
  await using allowed = open();
  expect((await allowed.check()).find(({ name }) => name === 'tenant tier')).toMatchObject({ verdict: 'ok' });
});
