import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineEventTypes } from 'hotcell';
import { expect, test } from 'vitest';
import { goals } from '../../../bench/goals.ts';
import { groups } from '../../attacks/caller/hostile/groups.ts';
import { readPrograms } from '../../attacks/program.ts';
import { findHomeless, listPages, readAllPromises, readPromises } from '../../support/report/promises.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** The cells of each row of a page's tables, without headings and rules. */
const rows = (page: string): string[][] =>
  read(page)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|promise|id)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));

test('each promise cites an existing test file, or a goal of the benchmark', () => {
  const promises = readAllPromises(root);
  // The end of a run checks whether those tests ran and passed: see test/support/report/promise-reporter.ts.
  const measured = promises.filter(({ file }) => file === 'bench/goals.ts').map(({ name }) => name);
  expect(findHomeless(root, promises)).toEqual([]);
  expect(measured.filter((name) => !goals.some(({ what }) => what === name))).toEqual([]);
});

test('each row of the specification is a promise', () => {
  const page = 'docs/specification.md';
  const loose = rows(page).filter(
    ([promise, ...cells]) => readPromises(page, cells.join(' | ')).length !== 1 || !promise,
  );
  expect(loose).toEqual([]);
  expect(rows(page).length).toBeGreaterThan(100);
});

/** The rows of the threat model: id, threat, main defence, tests, remaining risk. */
const threats = rows('docs/threat-model.md').map(([id = '', , , tests = '']) => ({
  id,
  patterns: [...tests.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => pattern),
}));
const attacks = readPrograms().map(({ name, threat }) => ({ path: `test/attacks/${name}`, threat }));

test('each threat names attacks, and each name matches some', () => {
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

test('each row of docs/callers.md has cases, and each case has a row', () => {
  const named = rows('docs/callers.md')
    .map(([what]) => what)
    .filter((what) => what !== 'what');
  const tried = new Set(Object.values(groups).flatMap(({ cases }) => cases.map(({ row }) => row)));
  expect([...tried].sort()).toEqual(named.sort());
});

/** The anchors of a page: its headings as GitHub's link targets. */
const anchors = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(listPages(root))('the links of %s have targets', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !link.includes('://'));
  const broken = links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchors(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(listPages(root))('the files that %s names exist', (page) => {
  const names = [...read(page).matchAll(/`((?:test|src|bench|scripts|sandbox-images|docs|examples)\/[\w./*-]+)`/g)];
  const missing = names.map(([, name = '']) => name).filter((name) => globSync(name, { cwd: root }).length === 0);
  expect(missing).toEqual([]);
});

test('docs/events.md has a row for each type of event, and no other', () => {
  const types = rows('docs/events.md').flatMap(([type = '']) => /^`(\w+\.[\w-]+)`$/.exec(type)?.[1] ?? []);
  expect([...new Set(types)].sort()).toEqual([...engineEventTypes].sort());
});
