import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import { DaemonWatch } from '../../../../../src/backends/docker/daemon/daemon-watch.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { type EngineProxy, proxyEngine } from './engine-proxy.ts';

let proxy: EngineProxy;
const never = new AbortController().signal;

beforeAll(async () => {
  proxy = await proxyEngine((await findEngine()).address);
});
afterAll(() => proxy[Symbol.asyncDispose]());

test('a daemon that hangs is given up after 3.5 s', async () => {
  const client = connectDocker({ address: proxy.address });
  using watch = new DaemonWatch(client, never);
  const began = performance.now();
  proxy.freeze();
  await new Promise((resolve) => watch.signal.addEventListener('abort', resolve, { once: true }));
  expect(performance.now() - began).toBeGreaterThan(3_000);
  expect(watch.signal.reason).toMatchObject({ code: 'BACKEND_UNAVAILABLE', ran: 'no' });
  proxy.thaw();
  client.close();
});

test('a daemon is not blamed for a process that is itself held up', async () => {
  const client = connectDocker({ address: proxy.address });
  await client.ping();
  using watch = new DaemonWatch(client, never);
  proxy.freeze();
  await sleep(600);
  proxy.thaw();
  // A ping is on its way, and nothing can read its answer until its deadline has long passed.
  const untilMs = performance.now() + 4_000;
  while (performance.now() < untilMs);
  await sleep(100);
  expect(watch.signal.aborted).toBe(false);
  client.close();
});
