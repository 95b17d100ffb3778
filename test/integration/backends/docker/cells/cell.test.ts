import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDockerBackend } from '../../../../../src/backends/docker/backend.ts';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { ownerLabels } from '../../../../../src/backends/docker/daemon/owner.ts';
import type { Backend } from '../../../../../src/contract/spi/backend.ts';
import { proxyEngine } from '../daemon/engine-proxy.ts';
import { buildFaultImage } from './fault-image.ts';
import { leaseCell, testJob } from './leased-cell.ts';

let address: string;
let client: DockerClient;
let image: string;
let backend: Backend;

/** The containers of this test process. */
const listMine = () => client.list({ [ownerLabels.pid]: String(process.pid) });

beforeAll(async () => {
  ({ address } = await findEngine());
  client = connectDocker({ address });
  image = await buildFaultImage(client, 'sound');
  backend = createDockerBackend({ address, images: { python: image }, pool: { ceiling: 0 } });
});
afterAll(async () => {
  await backend.close();
  expect(await listMine()).toEqual([]);
  await client.removeImage(image);
  client.close();
});

describe('a leased cell', () => {
  test('is a container with exactly the rights that the runner needs', async () => {
    await using leased = await leaseCell(backend);
    const [mine] = await listMine();
    const docker = new Docker({ host: undefined as never, socketPath: address.replace('unix://', '') });
    const details = await docker.getContainer(mine?.id ?? '').inspect();
    expect(details).toMatchObject({
      Name: expect.stringMatching(/^\/hotcell-[0-9a-f]{16}$/),
      Image: await client.imageDigest(image),
      // Its own terminals, and nothing of the host.
      Mounts: [
        { Type: 'volume', Driver: 'local', Destination: '/dev/pts', Name: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ],
      State: { Running: true },
      Config: {
        User: '0:0',
        Hostname: 'cell',
        Tty: false,
        Labels: {
          [ownerLabels.pid]: String(process.pid),
          [ownerLabels.owner]: expect.stringMatching(/^[0-9a-f]{16}$/),
          [ownerLabels.born]: expect.stringMatching(/^20.*Z$/),
        },
      },
      HostConfig: {
        NetworkMode: 'none',
        IpcMode: 'none',
        PidMode: '',
        UTSMode: '',
        ReadonlyRootfs: true,
        Privileged: false,
        PublishAllPorts: false,
        CapDrop: ['ALL'],
        CapAdd: ['SETUID', 'SETGID', 'KILL'],
        SecurityOpt: ['no-new-privileges:true', expect.stringMatching(/^seccomp=\{/) as string],
        Memory: 272 * 1_048_576,
        MemorySwap: 272 * 1_048_576,
        PidsLimit: 65,
        LogConfig: { Type: 'none' },
        AutoRemove: false,
      },
    });
    const { Binds, Devices, DeviceRequests, GroupAdd, PortBindings } = details.HostConfig;
    expect([Binds, Devices, DeviceRequests, GroupAdd].flatMap((list) => list ?? [])).toEqual([]);
    expect(PortBindings ?? {}).toEqual({});
    expect(Object.keys(details.NetworkSettings.Networks)).toEqual(['none']);

    await leased.tell('read /proc/self/status');
    const status = await leased.hear();
    // Bits 5, 6 and 7: KILL, SETGID, SETUID. The bounding set limits the capabilities of all processes inside.
    expect(status).toMatch(/^CapEff:\t00000000000000e0$/m);
    expect(status).toMatch(/^CapBnd:\t00000000000000e0$/m);
    expect(status).toMatch(/^CapAmb:\t0000000000000000$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    await leased.tell('list /sys/class/net');
    // Some kernels put fallback devices of their tunnels into every network namespace; these devices are down.
    const interfaces = (await leased.hear())
      .split(' ')
      .filter((name) => !/^(?:tunl|sit|gre|gretap|erspan|ip\w+)0$/.test(name));
    expect(interfaces).toEqual(['lo']);
    await leased.tell('read /proc/net/route');
    expect((await leased.hear()).trim().split('\n')).toHaveLength(1);
    await leased.tell('read /proc/mounts');
    const mounts = (await leased.hear()).split('\n');
    expect(mounts.find((line) => line.split(' ')[1] === '/')).toMatch(/ ro,/);
    const workspace = mounts.find((line) => line.includes(' /workspace ')) ?? '';
    expect(workspace).toMatch(/^tmpfs \/workspace tmpfs rw,nosuid,nodev,.*size=65536k,nr_inodes=16384,mode=700/);
    expect(workspace).toMatch(/uid=([2-5]\d{4}),gid=\1\b/);
    expect(workspace).not.toMatch(/noexec/);
    const writable = mounts.filter((line) => / (?:ext4|xfs|btrfs|overlay) rw/.test(line));
    expect(writable).toEqual([]);
  });

  test('says what it is, and carries messages both ways', async () => {
    await using leased = await leaseCell(backend);
    expect(leased.cell.sandbox).toEqual({
      backend: 'docker',
      isolation: 'fresh',
      runtime: expect.stringMatching(/.+/),
      image: await client.imageDigest(image),
      warm: false,
    });
    await leased.tell('echo héllo');
    expect(await leased.hear()).toBe('héllo');
    await leased.tell('flood 40');
    let bytes = 0;
    for (let text = await leased.hear(); text !== 'end'; text = await leased.hear()) bytes += text.length;
    expect(bytes).toBe(40_000_000);
  });

  test('is gone soon after it was disposed, and says nothing of it', async () => {
    const leased = await leaseCell(backend);
    const before = await listMine();
    await leased.tell('hang');
    await leased.cell[Symbol.asyncDispose]();
    await leased.cell[Symbol.asyncDispose]();
    expect((await listMine()).length).toBe(before.length);
    await expect.poll(async () => (await listMine()).length).toBe(before.length - 1);
    await leased.tell('echo to nobody');
    const said = await Promise.race([leased.ended, new Promise((resolve) => setTimeout(resolve, 100, 'nothing'))]);
    expect(said).toBe('nothing');
  });
});

describe('the end of a cell that nobody asked for', () => {
  test('an exit of the runner', async () => {
    await using leased = await leaseCell(backend);
    await leased.tell('complain the disk is on fire\n');
    await leased.tell('exit 3');
    expect(await leased.ended).toEqual({
      code: 'CELL_LOST',
      ran: 'unknown',
      message: expect.stringMatching(
        /^The container hotcell-[0-9a-f]{16} exited with code 3 before it sent a verdict\. The last output of its runner: the disk is on fire$/,
      ),
    });
  });

  test('a memory kill that takes the runner', async () => {
    await using leased = await leaseCell(backend, { memoryMb: 8 });
    await leased.tell('eat all');
    expect(await leased.ended).toEqual({
      code: 'MEMORY_LIMIT',
      ran: 'yes',
      message: 'The guest needed more memory than limits.memoryMb, and the kernel killed its container.',
    });
  });

  test('a container removed from outside', async () => {
    const others = new Set((await listMine()).map(({ id }) => id));
    await using leased = await leaseCell(backend);
    for (const { id } of await listMine()) if (!others.has(id)) await client.remove(id);
    expect(await leased.ended).toMatchObject({
      code: 'CELL_LOST',
      ran: 'unknown',
      message: expect.stringMatching(/hotcell removed the container \S+ while|^The container \S+ exited with code 137/),
    });
  });

  test.each(['babble', 'stranger'])('a runner that breaks the protocol: %s', async (command) => {
    await using leased = await leaseCell(backend);
    await leased.tell(`${command} now`);
    expect(await leased.ended).toMatchObject({ code: 'PROTOCOL_VIOLATION', ran: 'unknown' });
  });
});

describe('an engine that fails under a cell', () => {
  test('killed: the cell is lost, its container is removed by the next engine', async () => {
    await using proxy = await proxyEngine(address);
    const doomed = createDockerBackend({ address: proxy.address, images: { python: image }, pool: { ceiling: 0 } });
    const leased = await leaseCell(doomed);
    await proxy.kill();
    expect(await leased.ended).toMatchObject({
      code: 'CELL_LOST',
      ran: 'unknown',
      message: expect.stringMatching(
        /^The connection to the container \S+ broke, and its state cannot be read\. The Docker/,
      ),
    });
    await leased.cell[Symbol.asyncDispose]();
    await expect(doomed.lease(testJob(), AbortSignal.timeout(5_000))).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
    for (const { id } of await listMine()) await client.remove(id);
  });

  test('frozen: disposing does not wait, and the container is removed once it answers', async () => {
    await using proxy = await proxyEngine(address);
    const slow = createDockerBackend({ address: proxy.address, images: { python: image }, pool: { ceiling: 0 } });
    const leased = await leaseCell(slow);
    proxy.freeze();
    // Work that waits for the daemon waits until the proxy thaws, which is later.
    await leased.cell[Symbol.asyncDispose]();
    const refused = slow.lease(testJob(), AbortSignal.timeout(100));
    await expect(refused).rejects.toMatchObject({ name: 'TimeoutError' });
    proxy.thaw();
    await slow.close();
    expect(await listMine()).toEqual([]);
  });
});
