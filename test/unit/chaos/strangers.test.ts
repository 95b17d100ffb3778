import { expect, test } from 'vitest';
import { sortStrangers } from '../../chaos/strangers.ts';

const shim = '/usr/bin/containerd-shim-runc-v2 -namespace moby -id 0a1b -address /run/containerd.sock';

test('leftovers of Docker and leaks differ in their content', () => {
  const table = [
    { pid: 10, name: 'containerd-shim', parent: 1, command: shim },
    { pid: 20, name: 'containerd-shim', parent: 1, command: shim },
    { pid: 21, name: 'runc:[2:INIT]', parent: 20, command: 'runc init' },
    { pid: 30, name: 'containerd-shim', parent: 1, command: shim },
    { pid: 31, name: 'python3', parent: 30, command: '/usr/bin/python3 -I /opt/hotcell/runner/main.py python' },
    { pid: 40, name: 'containerd-shim', parent: 1, command: 'sleep 600' },
    { pid: 50, name: 'runc:[2:INIT]', parent: 1, command: 'runc init' },
    { pid: 32, name: 'containerd-shim', parent: 31, command: shim },
  ];
  const strangers = table.map(({ pid, name, parent }) => ({ pid, name, parent, started: '1', state: 'S' }));
  const commandOf = ({ pid }: { readonly pid: number }): string => table.find((one) => one.pid === pid)?.command ?? '';
  expect(sortStrangers(strangers, commandOf)).toEqual({
    residue: { emptyShims: 1, unstarted: 1 },
    leaks: ['containerd-shim', 'python3', 'containerd-shim', 'runc:[2:INIT]', 'containerd-shim'].map(
      (name) => `process ${name} of a container that is gone, in state S`,
    ),
    areRunners: false,
  });
  const lonely = strangers.filter(({ pid }) => pid === 30 || pid === 31);
  expect(sortStrangers(lonely, commandOf)).toMatchObject({ leaks: { length: 2 }, areRunners: true });
});
