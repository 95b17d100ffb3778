import { expect, test } from 'vitest';
import { createMatcher } from '../../../../../src/backends/isolate/host/files/glob.ts';

test.each<[glob: string, matches: readonly string[], misses: readonly string[]]>([
  ['output/**', ['output/a', 'output/a/b', 'output/.x'], ['output', 'a', 'x/output/a']],
  ['**/*.csv', ['a.csv', 'x/y/a.csv', '.csv'], ['a.csv/b', 'a.txt']],
  ['*.txt', ['a.txt', '.txt'], ['a/b.txt', 'a.txt2']],
  ['a/**/z', ['a/z', 'a/b/c/z'], ['a', 'a/z/y']],
  ['?[a-c]*', ['xa', 'xbanana'], ['xd', 'x', 'x/a']],
  ['[!a]', ['b'], ['a', 'bb']],
  ['a**b', ['aXb', 'ab'], ['a/b']],
  ['**', ['a', 'a/b'], []],
  ['a+(b).$', ['a+(b).$'], ['aab']],
])('%s', (glob, matches, misses) => {
  const match = createMatcher([glob]);
  expect(matches.filter((path) => !match(path))).toEqual([]);
  expect(misses.filter(match)).toEqual([]);
});

test('a hostile name and a glob of many stars take polynomial time', () => {
  // A matcher that backtracks over 100 stars would practically never end.
  expect(createMatcher([`${'*a'.repeat(100)}b`])('a'.repeat(255))).toBe(false);
  expect(createMatcher([`${'**/'.repeat(100)}b`])('a/'.repeat(200).slice(0, -1))).toBe(false);
});
