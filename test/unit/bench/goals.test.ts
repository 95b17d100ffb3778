import { expect, test } from 'vitest';
import { catalog } from '../../../bench/catalog.ts';
import { type Goal, goals, judge } from '../../../bench/goals.ts';
import { memoryRow, type Row, summarise } from '../../../bench/rows.ts';
import { groupsOf } from '../../../bench/scenarios.ts';

const round = (timesMs: readonly number[], failures = 0) => ({
  timesMs,
  queuedMs: timesMs.map(() => 1),
  failures,
  firstFailure: failures > 0 ? 'the value is wrong' : undefined,
  wallMs: 1_000,
  cpuMs: 10,
});
const goal: Goal = {
  what: 'half as long',
  of: { scenario: 'python/idle', contestant: 'hotcell', metric: 'p50Ms' },
  to: { scenario: 'python/idle', contestant: 'docker-run', metric: 'p50Ms' },
  atMost: 0.5,
};
const peer = summarise('python/idle', 'docker-run', [round([10, 10, 10])]);

test('a row has the figures of all rounds, and the spread of their medians', () => {
  const { figures, ...row } = summarise('a/b', 'c', [round([1, 2, 3]), round([3, 4, 5], 1), round([6, 7, 8])]);
  expect(row).toEqual({ scenario: 'a/b', contestant: 'c', calls: 9, failures: 1, firstFailure: 'the value is wrong' });
  expect(figures).toMatchObject({
    p50Ms: 4,
    p95Ms: 8,
    spreadMs: 2,
    p50WithoutQueueMs: 3,
    perSecond: 3,
    cpuMsPerCall: 3,
  });
  expect(figures?.percentilesMs).toHaveLength(101);
});

test('a goal is met or missed by the ratio of its rows', () => {
  const fast = summarise('python/idle', 'hotcell', [round([5, 5, 5])]);
  const slow = summarise('python/idle', 'hotcell', [round([6, 6, 6])]);
  expect(judge(goal, [fast, peer])).toEqual({ goal, value: 0.5, verdict: 'met' });
  expect(judge(goal, [slow, peer])).toEqual({ goal, value: 0.6, verdict: 'missed' });
  const small: Goal = { what: 'small', of: { scenario: 'm', contestant: 'hotcell', metric: 'memoryMb' }, atMost: 3 };
  expect(judge(small, [memoryRow('m', 'hotcell', 2)]).verdict).toBe('met');
});

test('failed calls miss a goal at any speed, and missing rows are reported', () => {
  const failing = summarise('python/idle', 'hotcell', [round([1, 1], 1)]);
  expect(judge(goal, [failing, peer])).toMatchObject({
    verdict: 'missed',
    because: '1 calls failed: the value is wrong',
  });
  const absent: Row = { scenario: 'python/idle', contestant: 'hotcell', calls: 0, failures: 0, leftOut: 'no Docker' };
  expect(judge(goal, [absent, peer])).toEqual({
    goal,
    verdict: 'not measured',
    because: 'python/idle, hotcell: no Docker',
  });
  expect(judge(goal, []).verdict).toBe('not measured');
});

test.each(['quick', 'full'] as const)(
  'the %s run has the rows that every goal needs, of contestants that exist',
  (mode) => {
    const groups = groupsOf(mode);
    const rows = new Set(
      groups.flatMap(({ id, contestants, scenarios, measuresMemory }) =>
        (measuresMemory ? [id] : scenarios.map((scenario) => scenario.id)).flatMap((scenario) =>
          contestants.map((contestant) => `${scenario} ${contestant}`),
        ),
      ),
    );
    const needed = goals.flatMap(({ of, to = of }) => [of, to].map((part) => `${part.scenario} ${part.contestant}`));
    expect(needed.filter((row) => !rows.has(row))).toEqual([]);
    const strangers = groups.flatMap(({ family, contestants }) =>
      contestants.filter((contestant) => !catalog[contestant]?.families.includes(family)),
    );
    expect(strangers).toEqual([]);
  },
);
