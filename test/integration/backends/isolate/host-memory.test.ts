import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readResidentBytes } from '../../../../src/backends/isolate/host-memory.ts';

test('a process has resident memory, and one that is gone has none', async () => {
  expect(await readResidentBytes(process.pid)).toBeGreaterThan(10_000_000);
  const child = spawn('true');
  await once(child, 'close');
  expect(await readResidentBytes(child.pid ?? 0)).toBe(0);
});

test('processes that die while they are looked at leave no descriptor open', async () => {
  const openBefore = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 40; round++) {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const looks = [1, 2, 3].map(() => readResidentBytes(child.pid ?? 0));
    child.kill('SIGKILL');
    await Promise.all([...looks, once(child, 'close')]);
  }
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(openBefore);
});
