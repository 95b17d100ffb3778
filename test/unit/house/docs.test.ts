import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** The last cell of each row of a page's tables whose first row cell is not a heading or a rule. */
const rows = (page: string): string[][] =>
  read(page)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|promise|threat)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));

test('each promise of the specification names a test that exists', () => {
  const promises = rows('docs/specification.md').map(([promise, where]) => {
    const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(where ?? '') ?? [];
    return { promise, file, name, found: existsSync(join(root, file)) && file !== '' && read(file).includes(name) };
  });
  expect(promises.length).toBeGreaterThan(25);
  expect(promises.filter(({ found }) => !found)).toEqual([]);
});

test('each threat names the tests that try it', () => {
  const threats = rows('docs/threat-model.md').map(([threat, , tests = '']) => ({
    threat,
    missing: [...tests.matchAll(/`([^`]+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(root, path))),
    named: tests.includes('`'),
  }));
  expect(threats.length).toBeGreaterThan(8);
  expect(threats.filter(({ missing, named }) => missing.length > 0 || !named)).toEqual([]);
});

test.each([
  'README.md',
  'docs/design.md',
  'docs/specification.md',
  'docs/threat-model.md',
  'docs/performance.md',
  'sandbox-images/README.md',
])('the links of %s lead somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.includes('://'));
  const broken = links.filter((link) => !existsSync(join(root, relative(root, join(root, dirname(page), link)))));
  expect(broken).toEqual([]);
});
