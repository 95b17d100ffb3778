/** What a job finds of its tenant's earlier jobs in all memory that it can read. */
import { createEngine, type Engine } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MarkedLanguage, markedJob, searchingJob } from '../support/memory-markers.ts';

let engine: Engine;
beforeAll(() => {
  engine = createEngine({ isolate: false });
});
afterAll(() => engine.close());

const languages: readonly MarkedLanguage[] = ['python', 'bash'];

describe.each(languages)('%s', (language) => {
  test('a search finds what is there', async () => {
    const { env } = markedJob(language);
    const { value } = await engine.execute({ ...searchingJob(language), env });
    expect((value as [string[], number])[0]).not.toEqual([]);
  });

  test.each(['tenant', 'fresh'] as const)(
    'a job with isolation %s finds nothing of the jobs before it',
    async (isolation) => {
      const place = { isolation, tenant: 'one' };
      for (let round = 0; round < 5; round += 1) {
        const left = await engine.execute({ ...place, ...markedJob(language) });
        expect([left.status, left.sandbox?.isolation], left.error?.message).toEqual(['success', isolation]);
        expect(left.stdout).toMatch(/output/);
      }
      const { status, value, error } = await engine.execute({ ...place, ...searchingJob(language) });
      expect([status, error?.message]).toEqual(['success', undefined]);
      const [found, bytes] = value as [string[], number];
      expect(found).toEqual([]);
      expect(bytes).toBeGreaterThan(1_000_000);
    },
  );
});
