import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sealedContainer, sealedHostConfig } from '../../../../../src/backends/docker/cells/sealed-container.ts';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import { DaemonHealth } from '../../../../../src/backends/docker/daemon/daemon-health.ts';
import { DockerDemux } from '../../../../../src/backends/docker/daemon/demux.ts';
import { statusOf } from '../../../../../src/backends/docker/daemon/docker-call.ts';
import type { ContainerSpec, DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { createOwner, ownerLabels } from '../../../../../src/backends/docker/daemon/owner.ts';
import { Reaper } from '../../../../../src/backends/docker/daemon/reaper.ts';
import {
  type AttachedContainer,
  type ContainerKind,
  type ContainerStarter,
  startContainer,
} from '../../../../../src/backends/docker/daemon/start-container.ts';
import { ensureImage } from '../../../../../src/backends/docker/images/images.ts';
import type { CellEnd } from '../../../../../src/contract/spi/backend.ts';
import { Semaphore } from '../../../../../src/support/semaphore.ts';
import { proxyEngine } from './engine-proxy.ts';

const never = new AbortController().signal;
const owner = createOwner();
let address: string;
let direct: DockerClient;
let image: string;
let cgroupVersion: '1' | '2';

beforeAll(async () => {
  ({ address } = await findEngine());
  direct = connectDocker({ address });
  ({ cgroupVersion } = await direct.version());
  image = (await ensureImage(direct, 'bash')).digest;
});
/** No container is left after the reaper was closed. */
afterEach(async () => expect(await direct.list({ [ownerLabels.owner]: owner.id })).toEqual([]));
afterAll(() => direct.close());

interface Bench extends AsyncDisposable {
  readonly starter: ContainerStarter;
  readonly semaphore: Semaphore;
}

function openBench(at: string = address): Bench {
  const client = connectDocker({ address: at });
  const reaper = new Reaper(client, owner);
  const semaphore = new Semaphore(1);
  return {
    starter: { client, reaper, health: new DaemonHealth(client.address, undefined), semaphore },
    semaphore,
    async [Symbol.asyncDispose]() {
      await reaper.close(20_000);
      client.close();
    },
  };
}

/** A container that runs one shell command. */
function shell(
  command: string,
  more: Partial<ContainerKind<AttachedContainer>> = {},
): ContainerKind<AttachedContainer> {
  const specify = (): ContainerSpec => ({
    ...sealedContainer,
    Image: image,
    Entrypoint: ['/bin/sh', '-c', command],
    Labels: owner.labels(),
    HostConfig: sealedHostConfig(67_108_864, { cgroupVersion }),
  });
  return {
    specify,
    connect: (container) => {
      container.stream.on('error', () => {});
      return container;
    },
    abandon: ({ stream }) => void stream.destroy(),
    ...more,
  };
}

/** The container's end, as soon as its stream ends. */
async function endOf({ stream, explainExit }: AttachedContainer): Promise<CellEnd> {
  stream.resume();
  await new Promise((resolve) => stream.once('close', resolve));
  return await explainExit('The stream ended.', '');
}

test('a container that nobody waits for is there when the daemon has started it', async () => {
  await using bench = openBench();
  const { name, remove } = await startContainer(bench.starter, shell('sleep 60'), never);
  expect(await direct.inspect(name)).toMatchObject({ running: true });
  // The turn was given back.
  using _ = await bench.semaphore.acquire();
  remove();
  await expect.poll(() => direct.inspect(name), { timeout: 20_000 }).toBeUndefined();
});

test('a container that is not ready yet holds up no other one', async () => {
  await using bench = openBench();
  const ready = Promise.withResolvers<undefined>();
  const started = startContainer(bench.starter, shell('sleep 60', { ready: () => ready.promise }), never);
  await expect.poll(() => direct.list({ [ownerLabels.owner]: owner.id })).toMatchObject([{ state: 'running' }]);
  (await bench.semaphore.acquire())[Symbol.dispose]();
  ready.resolve(undefined);
  (await started).remove();
});

test.each([1, 2])(
  'a container that ends before it is ready is tried %i times, and each is removed',
  async (attempts) => {
    await using bench = openBench();
    const names: string[] = [];
    const abandoned: string[] = [];
    const kind = shell('exit 3', {
      attempts,
      ready(container) {
        names.push(container.name);
        return endOf(container);
      },
      abandon: ({ name }) => void abandoned.push(name),
    });
    await expect(startContainer(bench.starter, kind, never)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/^The container did not become ready.* exited with code 3 /) as string,
    });
    expect(new Set(names).size).toBe(attempts);
    expect(abandoned).toEqual(names);
    for (const name of names) await expect.poll(() => direct.inspect(name), { timeout: 20_000 }).toBeUndefined();
  },
);

test('a container that is not ready in time is an error that says how far it came, and shows the output of its program', async () => {
  await using bench = openBench();
  const demux = new DockerDemux();
  const kind = shell('echo "cannot find my files" >&2; sleep 60', {
    ready({ stream }) {
      stream.pipe(demux).resume();
      return new Promise(() => {});
    },
    diagnostics: () => demux.diagnostics,
    // Its output must have come before; a deadline that is too short would only make the message shorter.
    readyTimeoutMs: 10_000,
  });
  await expect(startContainer(bench.starter, kind, never)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    ran: 'no',
    message: expect.stringMatching(
      /^The container hotcell-\w+ was not ready after 10000 ms\. The Docker engine started it after \d+ ms, but its runner did not report that it is ready\. Its state is "running"\. The last output of its runner: cannot find my files\. This machine: load average [\d.]+ with \d+ processors, [\d.]+ of [\d.]+ GiB of memory free\. If the machine /,
    ) as string,
  });
});

test('an image that is not there is a refusal that can be told from others', async () => {
  await using bench = openBench();
  const kind = shell('true');
  const specify = (): ContainerSpec => ({ ...kind.specify(), Image: `sha256:${'0'.repeat(64)}` });
  const error: unknown = await startContainer(bench.starter, { ...kind, specify }, never).catch((e: unknown) => e);
  expect([statusOf(error), (error as { code: unknown }).code]).toEqual([404, 'BACKEND_UNAVAILABLE']);
});

test('an abort while it gets ready ends the wait with its reason', async () => {
  await using bench = openBench();
  const abort = new AbortController();
  const reason = new Error('no longer wanted');
  let isAbandoned = false;
  const kind = shell('sleep 60', {
    ready() {
      void sleep(50).then(() => abort.abort(reason));
      return new Promise(() => {});
    },
    abandon({ stream }) {
      isAbandoned = true;
      stream.destroy();
    },
  });
  await expect(startContainer(bench.starter, kind, abort.signal)).rejects.toBe(reason);
  expect(isAbandoned).toBe(true);
});

test.each([
  ['/containers/create', 'create'],
  ['/attach', 'attach to'],
  ['/start', 'start'],
])(
  'a daemon that hangs after %s is given up, whatever kind of container it is, and the error names the step',
  async (step, word) => {
    await using proxy = await proxyEngine(address);
    await using bench = openBench(proxy.address);
    await bench.starter.client.ping();
    proxy.freezeAfter(step);
    try {
      await expect(startContainer(bench.starter, shell('sleep 60'), never)).rejects.toMatchObject({
        code: 'BACKEND_UNAVAILABLE',
        message: expect.stringMatching(
          new RegExp(`^Docker became silent at this step: ${word} the container\\. .* did not answer for 3000 ms`),
        ) as string,
      });
    } finally {
      proxy.thaw();
    }
  },
);
