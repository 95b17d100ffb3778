import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDockerBackend, type DockerOptions } from '../../../../../src/backends/docker/backend.ts';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { removeOrphans } from '../../../../../src/backends/docker/daemon/orphans.ts';
import { createOwner, ownerLabels } from '../../../../../src/backends/docker/daemon/owner.ts';
import { proxyEngine } from '../daemon/engine-proxy.ts';
import { type Birth, buildFaultImage } from './fault-image.ts';
import { leaseCell, testJob } from './leased-cell.ts';

let address: string;
let client: DockerClient;
const images: Record<Birth, string> = { sound: '', mute: '', stillborn: '' };

const listOf = (pid: number) => client.list({ [ownerLabels.pid]: String(pid) });
const listMine = () => listOf(process.pid);
const createBackend = (birth: Birth = 'sound', options: DockerOptions = {}) =>
  createDockerBackend({ address, images: { python: images[birth] }, pool: { ceiling: 0 }, ...options });

beforeAll(async () => {
  ({ address } = await findEngine());
  client = connectDocker({ address });
  for (const birth of ['sound', 'mute', 'stillborn'] as const) images[birth] = await buildFaultImage(client, birth);
});
afterEach(async () => expect(await listMine()).toEqual([]));
afterAll(async () => {
  for (const image of Object.values(images)) await client.removeImage(image);
  client.close();
});

describe('a lease that is aborted', () => {
  const reason = new Error('no longer wanted');

  test.each(['/containers/create', '/attach', '/start'])(
    'while the engine works on %s leaves no container',
    async (step) => {
      await using proxy = await proxyEngine(address);
      const backend = createBackend('sound', { address: proxy.address });
      await (await leaseCell(backend)).cell[Symbol.asyncDispose]();
      proxy.freezeAfter(step);
      const abort = new AbortController();
      const lease = backend.lease(testJob(), abort.signal);
      setTimeout(() => abort.abort(reason), 300);
      // The proxy is still frozen, so only the signal can end the wait.
      await expect(lease).rejects.toBe(reason);
      proxy.thaw();
      await backend.close();
    },
  );

  test('while it waits for the runner leaves no container', async () => {
    const backend = createBackend('mute');
    await expect(backend.lease(testJob(), AbortSignal.timeout(800))).rejects.toMatchObject({ name: 'TimeoutError' });
    await backend.close();
  });

  test('at any moment leaves no container', async () => {
    const backend = createBackend();
    const leases = Array.from({ length: 24 }, async (_, index) => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(reason), index * 25);
      try {
        await using _cell = await backend.lease(testJob(), abort.signal);
        return 'leased';
      } catch (error) {
        expect(error).toBe(reason);
        return 'aborted';
      }
    });
    expect(await Promise.all(leases)).toContain('aborted');
    await backend.close();
  });

  test('before it begins touches nothing', async () => {
    const backend = createDockerBackend({ address: 'unix:///nowhere/docker.sock' });
    await expect(backend.lease(testJob(), AbortSignal.abort(reason))).rejects.toBe(reason);
    await backend.close();
  });
});

describe('a lease that fails', () => {
  test('if no engine answers', async () => {
    const backend = createDockerBackend({ address: 'unix:///nowhere/docker.sock' });
    await expect(backend.lease(testJob(), new AbortController().signal)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      ran: 'no',
      message: expect.stringContaining('The Docker engine at unix:///nowhere/docker.sock cannot be reached'),
    });
    await backend.close();
  });

  test('where the image is not there', async () => {
    const backend = createDockerBackend({ address, images: { python: 'hotcell-none:0' } });
    await expect(backend.lease(testJob(), new AbortController().signal)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message:
        `The Docker engine at ${address} has no image "hotcell-none:0", which docker.images.python names. ` +
        'Pull or build it, or remove the option.',
    });
    await backend.close();
  });

  test('where the runner dies at once', async () => {
    const backend = createBackend('stillborn');
    await expect(backend.lease(testJob(), new AbortController().signal)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      ran: 'no',
      message: expect.stringMatching(
        /^The container did not become ready.* exited with code 1 before it sent a verdict\. The last output of its runner: born to fail$/,
      ),
    });
    await backend.close();
  });

  test('where the container dies before its runner is ready, only if a second one does too', async () => {
    const backend = createBackend('mute');
    const leased = Promise.resolve(backend.lease(testJob(), AbortSignal.timeout(30_000)));
    leased.catch(() => undefined);
    const killed = new Set<string>();
    while (killed.size < 2) {
      const next = (await listMine()).find(({ id, state }) => state === 'running' && !killed.has(id));
      if (next) await promisify(execFile)('docker', ['kill', next.id]);
      if (next) killed.add(next.id);
    }
    await expect(leased).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/^The container did not become ready.* exited with code 137 /),
    });
    await backend.close();
  });

  test('where the engine does not know the runtime', async () => {
    const backend = createBackend('sound', { runtime: 'no-such-runtime' });
    await expect(backend.lease(testJob(), new AbortController().signal)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/no-such-runtime.*Run "hotcell doctor"/),
    });
    await backend.close();
  });
});

describe('close', () => {
  test('ends what is leased and what is being made, removes all, and can be called again', async () => {
    const backend = createBackend();
    const leased = await leaseCell(backend);
    const pending = backend.lease(testJob(), new AbortController().signal);
    const refused = expect(pending).rejects.toMatchObject({ code: 'ENGINE_CLOSED', ran: 'no' });
    await Promise.all([backend.close(), backend.close()]);
    await refused;
    expect(await leased.ended).toMatchObject({
      code: 'CELL_LOST',
      message: 'The engine was closed while the job ran.',
    });
    expect(await listMine()).toEqual([]);
    await expect(backend.lease(testJob(), new AbortController().signal)).rejects.toMatchObject({
      code: 'ENGINE_CLOSED',
    });
    expect(await backend.check(AbortSignal.timeout(1_000))).toMatchObject([{ verdict: 'fail' }]);
  });

  test('of a backend that was never used touches nothing', async () => {
    await createDockerBackend({ address: 'unix:///nowhere/docker.sock' }).close();
  });
});

describe('a process that does not close its backend', () => {
  const leaveBehind = async (way: 'exit' | 'crash' | 'idle'): Promise<number> => {
    const script = fileURLToPath(new URL('leave-behind.ts', import.meta.url));
    const child = execFile(process.execPath, [script, way, address, images.sound], { timeout: 120_000 });
    await once(child, 'close');
    // A process that does not end by itself is killed by the timeout.
    expect(child.killed).toBe(false);
    return child.pid ?? 0;
  };

  test('ends by itself when it has nothing more to do, its containers removed', async () => {
    const pid = await leaveBehind('idle');
    expect(await listOf(pid)).toEqual([]);
  });

  test.each(['exit', 'crash'] as const)(
    'leaves a container that stops by itself (%s) and is an orphan',
    async (way) => {
      const pid = await leaveBehind(way);
      await expect.poll(async () => (await listOf(pid)).map(({ state }) => state)).not.toContain('running');
      await removeOrphans(client);
      expect(await listOf(pid)).toEqual([]);
    },
  );
});

describe('removeOrphans', () => {
  const place = async (labels: Readonly<Record<string, string>>): Promise<string> => {
    const name = `hotcell-docker-test-${randomBytes(4).toString('hex')}`;
    const id = await client.createContainer(name, { Image: images.sound, Labels: labels });
    return id;
  };
  const mine = createOwner().labels();
  const long = new Date(Date.now() - 3_600_000).toISOString();

  test.each([
    ['whose process is gone', { ...mine, [ownerLabels.pid]: '4194305' }, true],
    ['whose process id is now another process', { ...mine, [ownerLabels.pidStarted]: '1' }, true],
    ['of another host that has long stopped', { ...mine, [ownerLabels.host]: 'other', [ownerLabels.born]: long }, true],
    ['of this process', mine, false],
    ['of another host that is young', { ...mine, [ownerLabels.host]: 'other' }, false],
    ['with labels that make no sense', { [ownerLabels.owner]: 'x', [ownerLabels.born]: 'long ago' }, false],
  ])('a container %s: %s', async (_, labels, isOrphan) => {
    const id = await place(labels);
    await removeOrphans(client);
    const isGone = (await client.inspect(id)) === undefined;
    await client.remove(id);
    expect(isGone).toBe(isOrphan);
  });
});

test('check tells what the engine is', async () => {
  const backend = createBackend();
  const checks = await backend.check(AbortSignal.timeout(20_000));
  expect(checks.map(({ name }) => name)).toEqual([
    'docker engine',
    'cgroups',
    'seccomp',
    'container runtimes',
    'gVisor',
    'image python',
    'image bash',
    'image python-data',
    'leftover containers',
    'tenant tier',
  ]);
  await backend.close();
});
