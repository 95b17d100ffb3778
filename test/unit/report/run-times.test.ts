import { expect, test } from 'vitest';
import { describePlan, describeTimes, type Paint, paintFor } from '../../support/report/run-times.ts';

const plain: Paint = (_, text) => text;

test('the plan gives the number of files, those that need Docker, and an estimate of the time', () => {
  const files = ['test/unit/a.test.ts', 'test/unit/b.test.ts', 'test/e2e/c.test.ts'];
  expect(describePlan(files, {}, 2, plain)).toMatchInlineSnapshot(`
    "3 test files, 2 processes at a time
      2 unit (no Docker), 1 e2e; the others need the Docker engine that \`npm run setup\` starts
      about 10 seconds, an estimate"
  `);
  const known = { 'test/unit/a.test.ts': 1_000, 'test/unit/b.test.ts': 3_000, 'test/e2e/c.test.ts': 400_000 };
  expect(describePlan(files, known, 2, plain)).toContain('about 7 minutes, as measured in the last run here');
});

test('the end gives the times by group and by file', () => {
  const files = [
    { file: 'test/unit/a.test.ts', ms: 1_000, tests: [{ name: 'one', ms: 10 }] },
    { file: 'test/e2e/b.test.ts', ms: 9_000, tests: [{ name: 'two > three', ms: 8_000 }] },
  ];
  expect(describeTimes(files, 5_000, plain)).toMatchInlineSnapshot(`
    "Where the time went: 5 seconds for 2 files
          9.0 s  e2e          1 file, 1 test
          1.0 s  unit         1 file, 1 test
      slowest files
          9.0 s  test/e2e/b.test.ts
          1.0 s  test/unit/a.test.ts
      slowest tests
          8.0 s  two > three  test/e2e/b.test.ts
          0.0 s  one  test/unit/a.test.ts"
  `);
  expect(describeTimes(files.slice(0, 1), 1_000, plain)).not.toContain('slowest files');
});

test('colours are for terminals', () => {
  expect(paintFor({ isTTY: true }, {})('bold', 'x')).toBe('\u001b[1mx\u001b[22m');
  expect(paintFor({ isTTY: true }, { NO_COLOR: '1' })('bold', 'x')).toBe('x');
  expect(paintFor({}, {})('bold', 'x')).toBe('x');
});
