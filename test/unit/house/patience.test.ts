import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Patterns that make a verdict depend on how busy the machine is. Measurements belong to the benchmark. */
const impatient: readonly [what: string, pattern: RegExp][] = [
  ['an upper bound of time that passed', /(?:performance|Date)\.now\(\)[^;]*\)\s*\.toBeLess/],
  [
    'an upper bound of a time in a result',
    /(?:wall|run|settle|acquire|queued|took|elapsed)Ms\)?\s*\)\s*\.toBeLessThan(?:OrEqual)?\(\s*\d/,
  ],
  ['a second try', /\bretry\b\s*[:=]/],
];

test.each(impatient)('no test has %s', (_, pattern) => {
  const files = globSync('test/**/*.ts', { cwd: root, exclude: ['test/chaos/**'] });
  const found = files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')));
  expect(found).toEqual([]);
});
