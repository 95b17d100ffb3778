import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import { DaemonHealth } from '../../../../../src/backends/docker/daemon/daemon-health.ts';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { createOwner, ownerLabels } from '../../../../../src/backends/docker/daemon/owner.ts';
import { Reaper } from '../../../../../src/backends/docker/daemon/reaper.ts';
import type { EngineEvent } from '../../../../../src/contract/api/engine-events.ts';
import { EventHub } from '../../../../../src/support/event-hub.ts';
import { buildFaultImage } from '../cells/fault-image.ts';
import { proxyEngine } from './engine-proxy.ts';

let address: string;
let client: DockerClient;
let image: string;

beforeAll(async () => {
  ({ address } = await findEngine());
  client = connectDocker({ address });
  image = await buildFaultImage(client, 'sound');
});
afterAll(async () => {
  await client.removeImage(image);
  client.close();
});

/** A container whose engine is gone. */
async function leaveOrphan(): Promise<string> {
  const labels = { ...createOwner().labels(), [ownerLabels.pid]: '4194305' };
  return await client.createContainer(`hotcell-test-${randomBytes(8).toString('hex')}`, {
    Image: image,
    Labels: labels,
  });
}

test('the containers of dead engines are removed at the first use, and an event says so', async () => {
  const orphan = await leaveOrphan();
  const said: EngineEvent[] = [];
  const events = new EventHub();
  events.subscribe((event) => said.push(event));
  const reaper = new Reaper(client, createOwner(), { events });
  reaper.start();
  await expect.poll(() => said.length).toBe(1);
  // Other tests may have left orphans too.
  expect(said).toMatchObject([{ type: 'orphans.removed', count: expect.any(Number) as number }]);
  expect(await client.inspect(orphan)).toBeUndefined();
  await reaper.close(5_000);
});

test('a daemon that hung at the first use is searched again soon after it comes back, and events say so', async () => {
  await using proxy = await proxyEngine(address);
  const impatient = connectDocker({ address: proxy.address, callTimeoutMs: 300 });
  const orphan = await leaveOrphan();
  proxy.freeze();
  const said: EngineEvent[] = [];
  const events = new EventHub();
  events.subscribe((event) => said.push(event));
  const reaper = new Reaper(impatient, createOwner(), { health: new DaemonHealth(proxy.address, events) });
  reaper.start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  proxy.thaw();
  await expect.poll(() => client.inspect(orphan)).toBeUndefined();
  await expect.poll(() => said.length).toBe(2);
  expect(said).toMatchObject([
    { type: 'daemon.lost', address: proxy.address },
    { type: 'daemon.back', address: proxy.address },
  ]);
  await reaper.close(5_000);
  impatient.close();
});
