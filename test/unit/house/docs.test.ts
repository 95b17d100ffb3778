import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineEventTypes } from 'hotcell';
import { expect, test } from 'vitest';
import { readPrograms } from '../../attacks/program.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** The last cell of each row of a page's tables whose first row cell is not a heading or a rule. */
const rows = (page: string): string[][] =>
  read(page)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|promise|id)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));

test('each promise of the specification names a test that exists', () => {
  const promises = rows('docs/specification.md').map(([promise, where]) => {
    const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(where ?? '') ?? [];
    return { promise, file, name, found: existsSync(join(root, file)) && file !== '' && read(file).includes(name) };
  });
  expect(promises.length).toBeGreaterThan(25);
  expect(promises.filter(({ found }) => !found)).toEqual([]);
});

/** The rows of the threat model: id, threat, layers, tests, what is not held. */
const threats = rows('docs/threat-model.md').map(([id = '', , , tests = '']) => ({
  id,
  patterns: [...tests.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => pattern),
}));
const attacks = readPrograms().map(({ name, threat }) => ({ path: `test/attacks/${name}`, threat }));

test('each threat names attacks, and each name leads to some', () => {
  expect(threats.map(({ id }) => id)).toEqual(threats.map((_, index) => `T${index + 1}`));
  const idle = threats.flatMap(({ id, patterns }) =>
    patterns
      .filter((pattern) =>
        /^test\/attacks\/.*\*/.test(pattern)
          ? !attacks.some(({ path, threat }) => threat === id && matchesGlob(path, pattern))
          : !existsSync(join(root, pattern)),
      )
      .map((pattern) => `${id}: ${pattern}`),
  );
  expect(idle).toEqual([]);
  expect(threats.filter(({ patterns }) => !patterns.some((pattern) => pattern.startsWith('test/attacks/')))).toEqual(
    [],
  );
});

test('each attack belongs to a threat, whose row names it', () => {
  const patternsOf = new Map(threats.map(({ id, patterns }) => [id, patterns]));
  const homeless = attacks.filter(
    ({ path, threat }) => !patternsOf.get(threat)?.some((pattern) => matchesGlob(path, pattern)),
  );
  expect(homeless).toEqual([]);
  expect(attacks.length).toBeGreaterThanOrEqual(150);
});

test.each([
  'README.md',
  'docs/design.md',
  'docs/specification.md',
  'docs/threat-model.md',
  'docs/performance.md',
  'docs/redaction.md',
  'docs/tools.md',
  'docs/sessions.md',
  'docs/network.md',
  'docs/files.md',
  'docs/wire.md',
  'docs/events.md',
  'docs/resilience.md',
  'sandbox-images/README.md',
])('the links of %s lead somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.includes('://'));
  const broken = links.filter((link) => !existsSync(join(root, relative(root, join(root, dirname(page), link)))));
  expect(broken).toEqual([]);
});

test('docs/events.md has a row for each type of event, and no other', () => {
  const types = rows('docs/events.md').flatMap(([type = '']) => /^`(\w+\.[\w-]+)`$/.exec(type)?.[1] ?? []);
  expect([...new Set(types)].sort()).toEqual([...engineEventTypes].sort());
});
