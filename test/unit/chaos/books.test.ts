import { describe, expect, test } from 'vitest';
import { findLeaks } from '../../chaos/leak-census.ts';
import { memoryDrift } from '../../chaos/memory-drift.ts';
import { makeReport, printReport } from '../../chaos/report.ts';
import { Tally } from '../../chaos/tally.ts';
import { outcomeOf } from './call.ts';

test('the tally assesses failures at the end, and those without a fault are wrong', () => {
  const tally = new Tally();
  tally.add(outcomeOf());
  const lost = { worth: 'disturbed', status: 'internal_error', code: 'CELL_LOST', why: 'gone' } as const;
  tally.add(outcomeOf({ ...lost, container: 'hit' }));
  tally.add(outcomeOf({ ...lost, container: 'other' }));
  tally.add(outcomeOf({ worth: 'wrong', why: 'not mine' }));
  tally.add(outcomeOf({ worth: 'lost', status: 'none', why: 'never' }));
  tally.add(outcomeOf({ hostile: true, lateMs: 12.3 }));
  expect(tally).toMatchObject({ open: 2, disturbed: 0 });
  tally.close([
    {
      fault: { name: 'container killed', stops: false },
      target: { kind: 'container', engine: 7, name: 'hit' },
      fromMs: 100_500,
      toMs: 100_600,
    },
  ]);
  expect(tally).toMatchObject({ calls: 6, hostile: 1, disturbed: 1, wrong: 2, lost: 1, late: 1, faulty: 4, open: 0 });
  expect(tally.verdicts).toEqual({ success: 3, 'internal_error CELL_LOST': 2, none: 1 });
  expect(tally.complaints).toEqual([
    'python answer: not mine',
    'python answer: never',
    'python answer: 13 ms late, ended with success',
    'python answer: gone; near it, but not excusing it: container killed (hit of its engine)',
  ]);
});

test('leaks are resources of which there are more', () => {
  expect(findLeaks({ a: 1, b: 2, c: 1 }, { a: 1, b: 4, d: 1 })).toEqual(['2 × b', '1 × d']);
  expect(findLeaks({ a: 1 }, { a: 1 })).toEqual([]);
});

test('drift compares the last tenth with the second, by their medians', () => {
  const flat = Array.from({ length: 200 }, (_, index) => (index < 20 ? 10 : 100));
  expect(memoryDrift(flat)).toBe(0);
  expect(memoryDrift([...flat.slice(0, 199), 1_000])).toBe(0);
  expect(memoryDrift([...flat.slice(0, 180), ...Array.from({ length: 20 }, () => 125)])).toBe(0.25);
  expect(memoryDrift(flat.slice(0, 100))).toBeUndefined();
});

describe('a run', () => {
  const run = { load: 'some', seed: 7, seconds: 2, leaks: [], memory: { firstMb: 90, lastMb: 95, drift: 0.05 } };
  const tally = new Tally();
  tally.add(outcomeOf());

  test('has held without problems', () => {
    const report = makeReport(tally, { ...run, faults: { 'host killed': 2, 'dockerd killed': 1 } });
    expect(report).toMatchObject({ held: true, calls: 1, callsPerSecond: 0.5 });
    expect(printReport(report)).toBe(
      [
        'load       some, seed 7',
        'calls      1 in 2 s, 0.5 a second, 0 of them hostile',
        'verdicts        1  success',
        'faults     3 injected',
        '                2  host killed',
        '                1  dockerd killed',
        'results    0 wrong, 0 late, 0 lost, 0 disturbed',
        'leaks      0',
        'memory     90 MiB at first, 95 MiB at last, drift 5.0 %',
        'verdict    held',
        '',
      ].join('\n'),
    );
  });

  test('has not held if a fault could not be injected', () => {
    const broken = new Tally();
    broken.fail('dockerd killed: it does not recover');
    const report = makeReport(broken, run);
    expect(report).toMatchObject({ held: false, complaints: ['dockerd killed: it does not recover'] });
  });

  test('has not held with a leak, with memory that grows, or with a result that is wrong', () => {
    expect(makeReport(tally, { ...run, leaks: ['1 × process node'] }).held).toBe(false);
    expect(makeReport(tally, { ...run, memory: { ...run.memory, drift: 0.1 } }).held).toBe(false);
    const bad = new Tally();
    bad.add(outcomeOf({ worth: 'wrong' }));
    expect(makeReport(bad, run).held).toBe(false);
  });
});
