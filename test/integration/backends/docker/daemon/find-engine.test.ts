import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findEngine, listEngineAddresses } from '../../../../../src/backends/docker/daemon/find-engine.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotcell-home-'));
});
afterEach(() => rm(home, { recursive: true }));

/** Writes a context as the docker command does. */
async function writeContext(name: string, address: string): Promise<void> {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: address } } }));
}

async function writeConfiguration(text: string): Promise<void> {
  await mkdir(join(home, '.docker'), { recursive: true });
  await writeFile(join(home, '.docker/config.json'), text);
}

describe('listEngineAddresses', () => {
  const sockets = (): object[] =>
    [
      '/var/run/docker.sock',
      '/run/user/1234/docker.sock',
      `${home}/.docker/run/docker.sock`,
      `${home}/.docker/desktop/docker.sock`,
      '/run/user/1234/podman/podman.sock',
      '/run/podman/podman.sock',
    ].map((path) => ({ address: `unix://${path}`, source: 'usual socket' }));

  test('DOCKER_HOST stands alone', async () => {
    await writeContext('other', 'unix:///other.sock');
    const environment = { DOCKER_HOST: 'tcp://10.0.0.1:2375', DOCKER_CONTEXT: 'other' };
    expect(await listEngineAddresses({ environment, home, uid: 1234 })).toEqual([
      { address: 'tcp://10.0.0.1:2375', source: 'DOCKER_HOST' },
    ]);
  });

  test('without any setting: the usual sockets', async () => {
    expect(await listEngineAddresses({ environment: {}, home, uid: 1234 })).toEqual(sockets());
  });

  test('the runtime directory is where the environment says', async () => {
    const found = await listEngineAddresses({ environment: { XDG_RUNTIME_DIR: '/somewhere' }, home, uid: 1234 });
    expect(found.map(({ address }) => address)).toContain('unix:///somewhere/docker.sock');
  });

  test("the docker command's current context comes first, and once", async () => {
    await writeConfiguration('{"currentContext":"desktop"}');
    await writeContext('desktop', `unix://${home}/.docker/desktop/docker.sock`);
    const found = await listEngineAddresses({ environment: {}, home, uid: 1234 });
    const [, , , desktop, ...rest] = sockets();
    expect(found).toEqual([{ ...desktop, source: 'context desktop' }, ...sockets().slice(0, 3), ...rest]);
  });

  test('DOCKER_CONTEXT wins over the configuration', async () => {
    await writeConfiguration('{"currentContext":"desktop"}');
    await writeContext('desktop', 'unix:///desktop.sock');
    await writeContext('remote', 'tcp://remote:2376');
    const [first] = await listEngineAddresses({ environment: { DOCKER_CONTEXT: 'remote' }, home, uid: 1234 });
    expect(first).toEqual({ address: 'tcp://remote:2376', source: 'context remote' });
  });

  test.each(['{"currentContext":"default"}', '{"currentContext":"gone"}', '{"currentContext":7}', 'not json', 'null'])(
    'the configuration %s names no context',
    async (configuration) => {
      await writeConfiguration(configuration);
      expect(await listEngineAddresses({ environment: {}, home, uid: 1234 })).toEqual(sockets());
    },
  );
});

describe('findEngine', () => {
  test('goes on behind a context whose engine is stopped', async () => {
    const real = await findEngine();
    await writeConfiguration('{"currentContext":"stopped"}');
    await writeContext('stopped', `unix://${home}/stopped.sock`);
    const environment = real.source === 'usual socket' ? {} : { DOCKER_HOST: real.address };
    expect((await findEngine({ environment, home })).address).toBe(real.address);
  });

  test('says what it tried where DOCKER_HOST does not answer', async () => {
    const environment = { DOCKER_HOST: `unix://${home}/nobody.sock` };
    await expect(findEngine({ environment, home })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      ran: 'no',
      message: expect.stringMatching(
        /^No Docker engine answers\. DOCKER_HOST: .*nobody\.sock.*Install and start Docker/s,
      ),
    });
  });

  test.each(['ssh://somebody@somewhere', 'nonsense'])('does not try %s', async (address) => {
    await expect(findEngine({ environment: { DOCKER_HOST: address }, home })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringContaining(`"${address}"`),
    });
  });

  test('ends with its signal', async () => {
    await expect(findEngine({ home, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
