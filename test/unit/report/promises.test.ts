import { describe, expect, test } from 'vitest';
import { findBroken, type Reported, readPromises } from '../../support/report/promises.ts';

const file = 'test/a.test.ts';
const promise = (name: string, condition?: string) => ({ page: 'docs/a.md', file, name, condition });
const reported = (name: string, state: Reported['state'] = 'passed'): Reported => ({ file, name, state });
const broken = (name: string, tests: readonly Reported[], { ran = [file], isWhole = true, condition = '' } = {}) =>
  findBroken([promise(name, condition || undefined)], tests, new Set(ran), isWhole);

test('a promise is a file and a name, with an optional condition', () => {
  const page = [
    '| It works | `test/a.test.ts`: suite > works \\| is quick |',
    '| It shows | where the image is built: `test/b.test.ts`: *shows* |',
    'See `test/c.test.ts` and `test/*.ts`: both.',
    '| It is fast | `bench/goals.ts`: a call, p50, ms |',
  ].join('\n');
  expect(readPromises('docs/a.md', page)).toEqual([
    { page: 'docs/a.md', file: 'test/a.test.ts', name: 'suite > works | is quick', condition: undefined },
    { page: 'docs/a.md', file: 'test/b.test.ts', name: '*shows*', condition: 'where the image is built' },
    { page: 'docs/a.md', file: 'bench/goals.ts', name: 'a call, p50, ms', condition: undefined },
  ]);
});

describe('a promise', () => {
  test('is kept by the test of exactly its name', () => {
    expect(broken('suite > works', [reported('suite > works'), reported('suite > works not', 'failed')])).toEqual([]);
    expect(broken('works', [reported('suite > works')])).toEqual([
      'docs/a.md names "works" of test/a.test.ts, which has no test of that name.',
    ]);
  });

  test.each(['failed', 'skipped', 'pending'] as const)('is broken by a test that is %s', (state) => {
    expect(broken('suite > works', [reported('suite > works', state)])).toEqual([
      `docs/a.md names "suite > works" of test/a.test.ts, which did not pass: "suite > works" ${state}.`,
    ]);
  });

  test('with a star is kept by all tests of its name together', () => {
    expect(broken('in * > works', [reported('in a > works'), reported('in b > works')])).toEqual([]);
    expect(broken('in * > works', [reported('in a > works'), reported('in b > works', 'failed')])).toHaveLength(1);
    expect(broken('in * > works', [reported('in a > works'), reported('in b > works', 'skipped')])).toHaveLength(1);
  });

  test('with a star ignores tests that are skipped for a reason, but not all of them', () => {
    const reasoned = reported('in b > works (b has no pipes)', 'skipped');
    expect(broken('in * > works*', [reported('in a > works'), reasoned])).toEqual([]);
    expect(broken('in * > works*', [reasoned])).toHaveLength(1);
  });

  test('with a condition needs a test that did not fail', () => {
    const condition = 'where the image is built';
    expect(broken('shows', [reported('shows', 'skipped')], { condition })).toEqual([]);
    expect(broken('shows', [reported('shows', 'failed')], { condition })).toHaveLength(1);
    expect(broken('shows', [], { condition })).toHaveLength(1);
  });

  test('of a file that did not run is broken only in a run of all files', () => {
    expect(broken('works', [], { ran: [] })).toEqual([
      'docs/a.md names "works" of test/a.test.ts, which was not part of a run of all tests.',
    ]);
    expect(broken('works', [], { ran: [], isWhole: false })).toEqual([]);
    expect(broken('works', [], { isWhole: false })).toHaveLength(1);
  });
});
