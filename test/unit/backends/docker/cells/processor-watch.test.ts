import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ProcessorWatch } from '../../../../../src/backends/docker/cells/processor-watch.ts';

/** A container that uses `perLook` milliseconds between two looks, and the number of looks. */
function container(perLook: number, failures = 0): { cpus: number; looks: number; usedMs(): Promise<number> } {
  return {
    cpus: 1_000,
    looks: 0,
    async usedMs() {
      this.looks += 1;
      if (this.looks <= failures) throw new Error('the daemon is busy');
      return 5_000 + (this.looks - failures) * perLook;
    },
  };
}

/** Long enough for every look of a test. */
const limits = { timeoutMs: 60_000, cpuMs: 100 };

test('reports once that a job has used up its time, and how much it used; earlier use does not count', async () => {
  const watched = container(40);
  const { promise, resolve } = Promise.withResolvers<number>();
  const watch = new ProcessorWatch(watched, resolve);
  watch.begin(limits);
  expect(await promise).toBe(120);
  expect(watched.looks).toBe(4);
  watch.end();
});

test('continues if the daemon fails to answer, and never counts that as use', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const watch = new ProcessorWatch(container(60, 2), resolve);
  watch.begin(limits);
  expect(await promise).toBe(120);
  watch.end();
});

test('asks nothing if the clock stops the job first, and nothing once the job is over', async () => {
  const watched = { ...container(1_000), cpus: 2 };
  const said: number[] = [];
  const watch = new ProcessorWatch(watched, (usedMs) => said.push(usedMs));
  watch.begin({ timeoutMs: 1_000, cpuMs: 2_000 });
  watch.begin({ timeoutMs: 1_000, cpuMs: 1_999 });
  watch.end();
  await sleep(200);
  expect([watched.looks, said]).toEqual([1, []]);
});
