import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { buildContainerSpec, type ContainerProfile } from '../../src/backends/docker/cells/container-spec.ts';
import {
  guestSeccompProfile,
  gvisorSeccompProfile,
  tenantSeccompProfile,
} from '../../src/backends/docker/cells/seccomp-profile.ts';
import { resolveTenantOptions } from '../../src/backends/docker/tenant/tenant-options.ts';
import { buildTenantSpec } from '../../src/backends/docker/tenant/tenant-spec.ts';
import { defaultCeilings, defaultLimits } from '../../src/contract/api/limits.ts';

const image = 'sha256:0123';
const labels = { 'hotcell.owner': 'an engine' };
const guestId = 23_456;
const runnersDisk = 'rw,nosuid,nodev,noexec,size=64k,nr_inodes=16,mode=0755';
const terminals = {
  Type: 'volume',
  Target: '/dev/pts',
  VolumeOptions: {
    NoCopy: true,
    DriverConfig: {
      Name: 'local',
      Options: {
        type: 'devpts',
        device: 'devpts',
        o: 'newinstance,ptmxmode=0666,mode=0620,max=16,nosuid,noexec',
      },
    },
  },
};
const docker: ContainerProfile = { cgroupVersion: '2', cpus: 1, isPodman: false, isGvisor: false };

test('every container is made with exactly these settings', () => {
  expect(buildContainerSpec(image, defaultLimits, docker, labels, guestId)).toStrictEqual({
    Image: 'sha256:0123',
    Hostname: 'cell',
    Domainname: '',
    User: '0:0',
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
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
      CapAdd: ['SETUID', 'SETGID', 'KILL'],
      SecurityOpt: ['no-new-privileges:true', `seccomp=${guestSeccompProfile}`],
      Memory: 285_212_672,
      MemorySwap: 285_212_672,
      Sysctls: {
        'net.ipv4.tcp_rmem': '4096 131072 212992',
        'net.ipv4.tcp_wmem': '4096 16384 212992',
        'net.ipv4.tcp_max_tw_buckets': '4096',
      },
      Mounts: [terminals],
      NanoCpus: 1_000_000_000,
      PidsLimit: 65,
      Ulimits: [
        { Name: 'nofile', Soft: 256, Hard: 256 },
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: 67_108_864, Hard: 67_108_864 },
      ],
      Tmpfs: {
        '/workspace': 'rw,nosuid,nodev,exec,size=64m,nr_inodes=16384,mode=0700,uid=23456,gid=23456',
        '/run': runnersDisk,
      },
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      AutoRemove: false,
      Init: false,
      OomScoreAdj: 500,
    },
  });
});

test('an engine setting changes its own field alone', () => {
  const plain = buildContainerSpec(image, defaultLimits, docker, labels, guestId);
  const seccompProfile = '{"defaultAction":""}';
  const changed = { ...docker, cgroupVersion: '1', cpus: 0.5, runtime: 'runsc', seccompProfile } as const;
  expect(buildContainerSpec(image, defaultLimits, changed, labels, guestId)).toStrictEqual({
    ...plain,
    HostConfig: {
      ...(plain.HostConfig as object),
      MemorySwappiness: 0,
      NanoCpus: 500_000_000,
      Runtime: 'runsc',
      SecurityOpt: ['no-new-privileges:true', 'seccomp={"defaultAction":""}'],
    },
  });
});

test("a tenant's container is made with exactly these settings", () => {
  const settings = resolveTenantOptions({ memoryMb: 1_000, cpus: 2 }, 4);
  const spec = buildTenantSpec(image, 'python', settings, defaultCeilings, docker, labels);
  const plain = buildContainerSpec(image, defaultLimits, docker, labels, guestId);
  const {
    Tmpfs: _,
    Mounts: __,
    Sysctls: ___,
    ...host
  } = plain.HostConfig as Record<'Tmpfs' | 'Mounts' | 'Sysctls', unknown>;
  expect(spec).toStrictEqual({
    ...plain,
    Entrypoint: ['/usr/bin/python3', '-I', '-S', '-B', '-X', 'utf8', '/opt/hotcell/tenant/main.py'],
    Cmd: ['python'],
    HostConfig: {
      ...host,
      SecurityOpt: ['no-new-privileges:true', `seccomp=${tenantSeccompProfile}`],
      MaskedPaths: [],
      ReadonlyPaths: [],
      Memory: 1_585_446_912,
      MemorySwap: 1_585_446_912,
      NanoCpus: 2_000_000_000,
      PidsLimit: 1_144,
      Ulimits: [
        { Name: 'nofile', Soft: 1_024, Hard: 1_024 },
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: 536_870_912, Hard: 536_870_912 },
      ],
    },
  });
});

test('what its filter allows beyond the usual one is what its zygote needs', () => {
  const usual = JSON.parse(guestSeccompProfile) as { syscalls: object[] };
  const { syscalls, ...rest } = JSON.parse(tenantSeccompProfile) as typeof usual;
  expect(rest).toEqual({ ...usual, syscalls: undefined });
  const more = { names: ['clone', 'mount', 'sethostname'], action: 'SCMP_ACT_ALLOW' };
  // What gives the guests their filter, and has the zygote give up rights.
  const confining = [22, 24].map((value) => ({
    names: ['prctl'],
    action: 'SCMP_ACT_ALLOW',
    args: [{ index: 0, value: 0xffff_ffff, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' }],
  }));
  expect(syscalls).toEqual([...usual.syscalls.slice(0, -3), more, ...confining, ...usual.syscalls.slice(-3)]);
});

test('the filter of system calls is exactly this one', () => {
  // After a change, write the reason into docs/decisions and update the table in seccomp-probe.py.
  const hash = createHash('sha256').update(guestSeccompProfile).digest('hex');
  expect(hash).toBe('23aef2761763172a2e57ea1bf09b76870d92ed4edde876eb39f0294b9bc1a194');
});

test("gVisor's filter allows scheduling of the process itself alone", () => {
  const rulesOf = (profile: string, call: string): readonly object[] =>
    (JSON.parse(profile) as { syscalls: { names: string[]; args?: object[] }[] }).syscalls
      .filter(({ names }) => names.includes(call))
      .map(({ args = [] }) => args);
  for (const [call, index] of [
    ['setpriority', 1],
    ['sched_setaffinity', 0],
  ] as const) {
    expect(rulesOf(guestSeccompProfile, call)).toEqual([[]]);
    expect(rulesOf(gvisorSeccompProfile, call)).toEqual([[{ index, value: 0, op: 'SCMP_CMP_EQ' }]]);
  }
});

test('buffers of sockets keep their size, and who asks for another is not told', () => {
  const { syscalls } = JSON.parse(guestSeccompProfile) as {
    syscalls: { names: string[]; action: string; errnoRet?: number; args?: { valueTwo?: number }[] }[];
  };
  const options = syscalls.filter(({ names }) => names.includes('setsockopt'));
  const idle = options.filter(({ action }) => action === 'SCMP_ACT_ERRNO');
  expect(idle.map(({ errnoRet, args }) => [errnoRet, args?.map(({ valueTwo }) => valueTwo)])).toEqual([
    [0, [1, 7]],
    [0, [1, 8]],
  ]);
  // No rule allows all options of sockets, or all of processes.
  expect(options.every(({ args }) => args !== undefined)).toBe(true);
  expect(syscalls.filter(({ names }) => names.includes('prctl')).every(({ args }) => args !== undefined)).toBe(true);
});

test('Podman keeps its own filter, as it takes the path of a file only', () => {
  const securityOf = (profile: ContainerProfile): unknown =>
    (buildContainerSpec(image, defaultLimits, profile, labels, guestId).HostConfig as { SecurityOpt: unknown })
      .SecurityOpt;
  expect(securityOf({ ...docker, isPodman: true })).toEqual(['no-new-privileges:true']);
  expect(securityOf({ ...docker, isPodman: true, seccompProfile: '/etc/filter.json' })).toEqual([
    'no-new-privileges:true',
    'seccomp=/etc/filter.json',
  ]);
});

test('gVisor gets what its own kernel needs, and counts the processes itself', () => {
  expect(buildContainerSpec(image, defaultLimits, { ...docker, isGvisor: true }, labels, guestId)).toMatchObject({
    HostConfig: {
      Memory: 352_321_536,
      MemorySwap: 352_321_536,
      SecurityOpt: ['no-new-privileges:true', `seccomp=${gvisorSeccompProfile}`],
      PidsLimit: 3_248,
      Ulimits: [{ Name: 'nofile' }, { Name: 'core' }, { Name: 'fsize' }, { Name: 'nproc', Soft: 65, Hard: 65 }],
      Tmpfs: {
        '/workspace': expect.stringContaining('size=64m') as unknown,
        '/tmp': 'rw,nosuid,nodev,exec,size=64m,nr_inodes=16384,mode=0700,uid=23456,gid=23456',
      },
    },
  });
});

test('the smallest limits leave the runner what it needs itself', () => {
  const limits = { ...defaultLimits, memoryMb: 8, processes: 1, openFiles: 16, diskMb: 1 };
  expect(buildContainerSpec(image, limits, docker, labels, guestId)).toMatchObject({
    HostConfig: {
      Memory: 25_165_824,
      PidsLimit: 16,
      Ulimits: [
        { Name: 'nofile', Soft: 256, Hard: 256 },
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: 1_048_576, Hard: 1_048_576 },
      ],
      Tmpfs: {
        '/workspace': 'rw,nosuid,nodev,exec,size=1m,nr_inodes=4096,mode=0700,uid=23456,gid=23456',
        '/run': runnersDisk,
      },
    },
  });
});
