import { readFile } from 'node:fs/promises';
import { createEngine } from 'hotcell';
import { afterAll, expect, test } from 'vitest';
import {
  allowedCalls,
  conditionalCalls,
  schedulingCalls,
} from '../../../../../src/backends/docker/cells/seccomp-calls.ts';
import { optionCalls } from '../../../../../src/backends/docker/cells/seccomp-options.ts';
import { guestSeccompProfile } from '../../../../../src/backends/docker/cells/seccomp-profile.ts';

const read = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

// The filter belongs to the kernel that runc shares with the host; under gVisor it would have no effect.
const engine = createEngine({ docker: { runtime: 'runc' } });
afterAll(() => engine.close());

/**
 * An image with numpy, pandas and matplotlib, made from sandbox-images/ on a base that contains Debian's packages of
 * them:
 * `docker build -f sandbox-images/python/Dockerfile --build-arg BASE=<base> sandbox-images`.
 */
const dataImage = process.env.HOTCELL_TEST_DATA_IMAGE;

test('no call is named twice, in whatever group', () => {
  const conditional = [...conditionalCalls, ...optionCalls, ...schedulingCalls].map(({ call }) => call);
  const names = [...allowedCalls.flatMap(({ calls }) => calls), ...conditional, 'clone3'];
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
});

test('the profile is one that the Docker engine takes', () => {
  const profile = JSON.parse(guestSeccompProfile) as { readonly syscalls: readonly { readonly action: string }[] };
  expect(profile).toMatchObject({
    defaultAction: 'SCMP_ACT_ERRNO',
    archMap: [{ architecture: 'SCMP_ARCH_X86_64' }, { architecture: 'SCMP_ARCH_AARCH64' }],
  });
  expect(guestSeccompProfile).not.toMatch(/subArch|X32|NOTIFY|TRACE|LOG/);
});

test('calls that no guest needs are refused, whatever their arguments', async () => {
  const { status, value, stderr } = await engine.execute({ language: 'python', code: await read('seccomp-probe.py') });
  expect({ status, stderr }).toEqual({ status: 'success', stderr: '' });
  const { EPERM, ...others } = value as Record<string, readonly string[]>;
  expect(EPERM?.length).toBeGreaterThan(107);
  const foreign = process.arch === 'x64' ? { SIGSYS: ['getpid of 32-bit programs', 'getpid of x32 programs'] } : {};
  expect(others).toEqual({ ENOSYS: ['clone3'], ...foreign });
});

test('ordinary work goes on', async () => {
  const { status, value, error } = await engine.execute({ language: 'python', code: await read('seccomp-work.py') });
  expect({ status, error }).toEqual({ status: 'success' });
  expect(value).toEqual({
    threads: 285,
    processes: true,
    tcp: 'hello',
    resolver: ['127.0.0.1', 80],
    local: [true, true],
    datagrams: true,
    async: ['echo', 1],
    disk: ['fifo', 'file', 'moved'],
    sqlite: 3,
    timer: [true],
    poll: 1,
    shell: '321',
    personality: 0,
    random: 8,
  });
});

test.skipIf(dataImage === undefined)(
  'numpy, pandas and matplotlib work (HOTCELL_TEST_DATA_IMAGE names an image)',
  async () => {
    await using own = createEngine({ docker: { runtime: 'runc', images: { python: dataImage } } });
    const code = await read('seccomp-data.py');
    const { status, value, error } = await own.execute({ language: 'python', code, limits: { memoryMb: 512 } });
    expect({ status, error }).toEqual({ status: 'success' });
    expect(value).toEqual({ identity: true, mapped: true, sums: { a: 249_500, b: 250_000 }, picture: 'PNG' });
  },
);
