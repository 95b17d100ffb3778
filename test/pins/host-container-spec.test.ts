import { expect, test } from 'vitest';
import { guestSeccompProfile } from '../../src/backends/docker/cells/seccomp-profile.ts';
import { buildHostContainerSpec } from '../../src/backends/docker/isolate-hosts/host-container-spec.ts';

const labels = { 'hotcell.owner': 'an engine' };
const plain = { cgroupVersion: '2', isPodman: false, isGvisor: false } as const;

test('the container of a host process is made with exactly these settings', () => {
  expect(buildHostContainerSpec('sha256:0123', ['main.js', '4'], { memoryMb: 3_072 }, plain, labels)).toStrictEqual({
    Image: 'sha256:0123',
    Hostname: 'host',
    Domainname: '',
    User: '10000:10000',
    WorkingDir: '/',
    Env: [],
    Entrypoint: ['/nodejs/bin/node'],
    Cmd: ['main.js', '4'],
    Labels: { 'hotcell.owner': 'an engine' },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    Tty: false,
    StopSignal: 'SIGKILL',
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: 'none',
      IpcMode: 'none',
      ReadonlyRootfs: true,
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true', `seccomp=${guestSeccompProfile}`],
      Memory: 3_221_225_472,
      MemorySwap: 3_221_225_472,
      PidsLimit: 128,
      Ulimits: [
        { Name: 'nofile', Soft: 256, Hard: 256 },
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: 0, Hard: 0 },
      ],
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      AutoRemove: false,
      Init: false,
      OomScoreAdj: 500,
    },
  });
});

test('an engine setting changes its own field alone', () => {
  const usual = buildHostContainerSpec('sha256:0123', [], { memoryMb: 64 }, plain, labels);
  const profile = { cgroupVersion: '1', isPodman: true, isGvisor: true, runtime: 'runsc' } as const;
  expect(buildHostContainerSpec('sha256:0123', [], { memoryMb: 64 }, profile, labels)).toStrictEqual({
    ...usual,
    HostConfig: {
      ...(usual.HostConfig as object),
      MemorySwappiness: 0,
      PidsLimit: 512,
      Runtime: 'runsc',
      SecurityOpt: ['no-new-privileges:true'],
    },
  });
});

test('a larger stack is a limit more', () => {
  const spec = buildHostContainerSpec('sha256:0123', [], { memoryMb: 64, stackMb: 64 }, plain, labels);
  expect((spec.HostConfig as { Ulimits: unknown[] }).Ulimits.at(-1)).toEqual({
    Name: 'stack',
    Soft: 67_108_864,
    Hard: 67_108_864,
  });
});
