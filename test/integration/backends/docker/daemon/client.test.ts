import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { buildFaultImage } from '../cells/fault-image.ts';
import { proxyEngine } from './engine-proxy.ts';

const calls: readonly (readonly [string, (client: DockerClient, signal?: AbortSignal) => Promise<unknown>])[] = [
  ['ping it', (client, signal) => client.ping(signal)],
  ['read its version', (client, signal) => client.version(signal)],
  ['create the container a', (client, signal) => client.createContainer('a', { Image: 'b' }, signal)],
  ['attach to the container a', (client, signal) => client.attach('a', signal)],
  ['start the container a', (client, signal) => client.start('a', signal)],
  ['inspect the container a', (client, signal) => client.inspect('a', signal)],
  ['remove the container a', (client, signal) => client.remove('a', signal)],
  ['list containers', (client, signal) => client.list({}, signal)],
  ['inspect the image b', (client, signal) => client.imageDigest('b', signal)],
  ['list images', (client, signal) => client.listImages({}, signal)],
  ['remove the image b', (client, signal) => client.removeImage('b', signal)],
];

let address: string;
let client: DockerClient;

beforeAll(async () => {
  ({ address } = await findEngine());
  client = connectDocker({ address });
});
afterAll(async () => {
  for (const { id } of await client.list({ 'hotcell.docker-test': '' })) await client.remove(id);
  client.close();
});

describe('an engine that accepts and never answers', () => {
  test.each(calls)('cannot hold up the call to %s', async (what, call) => {
    await using proxy = await proxyEngine(address);
    proxy.freeze();
    const frozen = connectDocker({ address: proxy.address, callTimeoutMs: 60 });
    await expect(call(frozen)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(
        `^The Docker engine at ${proxy.address} did not answer for 60 ms; could not ${what}\\.`,
      ),
    });
  });

  test.each(calls)('leaves the call to %s to its signal', async (_, call) => {
    await using proxy = await proxyEngine(address);
    proxy.freeze();
    const frozen = connectDocker({ address: proxy.address });
    const reason = new Error('no longer wanted');
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 30);
    await expect(call(frozen, abort.signal)).rejects.toBe(reason);
    await expect(call(frozen, abort.signal)).rejects.toBe(reason);
  });
});

test.each(calls)('an engine that is killed during the call to %s is reported', async (what, call) => {
  await using proxy = await proxyEngine(address);
  proxy.freeze();
  const dying = connectDocker({ address: proxy.address });
  setTimeout(() => void proxy.kill(), 30);
  await expect(call(dying)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(/cannot be reached \(.+\); could not .+\. Start Docker/),
  });
  await expect(call(dying)).rejects.toMatchObject({ message: expect.stringContaining(`could not ${what}`) });
});

test('says what the engine refused, and why', async () => {
  await expect(client.createContainer('hotcell-docker-test', { Image: 'hotcell-none:0' })).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message:
      `The Docker engine at ${address} refused with status 404 (No such image: hotcell-none:0); ` +
      'could not create the container hotcell-docker-test. Run "hotcell setup" to build the sandbox images.',
  });
});

test('takes a container through its life', async () => {
  const image = await buildFaultImage(client, 'sound');
  const name = `hotcell-docker-test-${randomBytes(4).toString('hex')}`;
  const label = { 'hotcell.docker-test': name };
  await client.createContainer(name, {
    Image: image,
    OpenStdin: true,
    StdinOnce: true,
    Labels: label,
    HostConfig: { NetworkMode: 'none' },
  });
  const stream = await client.attach(name);
  expect(await client.inspect(name)).toEqual({
    running: false,
    status: 'created',
    error: '',
    exitCode: 0,
    oomKilled: false,
  });
  await client.start(name);
  expect(await client.inspect(name)).toMatchObject({ running: true });
  expect(await client.list(label)).toMatchObject([{ name, state: 'running', labels: label }]);
  stream.end();
  expect((await buffer(stream)).subarray(0, 8)).toEqual(Buffer.from([1, 0, 0, 0, 0, 0, 0, 11]));
  await client.remove(name);
  await client.remove(name);
  expect(await client.inspect(name)).toBeUndefined();
  expect(await client.list({ 'hotcell.docker-test': '' })).toEqual([]);
  await client.removeImage(image);
  expect(await client.imageDigest(image)).toBeUndefined();
});

test('a build that fails is reported in the words of the engine', async () => {
  const context = pack();
  context.entry({ name: 'Dockerfile' }, 'FROM scratch\nCOPY nothing /\n');
  context.finalize();
  const lines: string[] = [];
  const options = { buildArguments: {}, labels: {} };
  const build = client.buildImage('hotcell-docker-test:broken', Readable.from(context), options, (line) =>
    lines.push(line),
  );
  await expect(build).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(
      / failed \(COPY failed: .*nothing.*\); could not build the image hotcell-docker-test:broken\. Run "hotcell setup"/,
    ),
  });
  expect(lines[0]).toMatch(/FROM scratch/);
});
