/** The promises for which pages cite a test or a benchmark goal, and whether they are kept. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page's citation of a test for a promise. */
export interface Promised {
  /** Path of the page, from the root of the repository. */
  readonly page: string;
  /** Path of the file, from the root of the repository. */
  readonly file: string;
  /**
   * The full name as the test runner reports it: the names of the suites and of the test, with ` > ` between them. `*`
   * stands for any text, for tests with parameters in their names.
   */
  readonly name: string;
  /** The page's condition, if the test runs only under one: "where the image is built". */
  readonly condition?: string | undefined;
}

/** A test and its state, as the test runner reports them. */
export interface Reported {
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
}

/** All pages of the repository itself: paths from the root. */
export function listPages(root: string): readonly string[] {
  const patterns = ['*.md', '{docs,test,examples,sandbox-images,bench,scripts}/**/*.md'];
  return globSync(patterns, { cwd: root, exclude: (path) => path.includes('node_modules') }).sort();
}

/**
 * Reads the promises of one page: a file in backticks, a colon and a name, up to the end of the table cell or the line.
 * If the test cannot run everywhere, a condition that starts with `where` and a colon come before that.
 */
export function readPromises(page: string, text: string): readonly Promised[] {
  const mentions = text.matchAll(
    /(?:(where [^|`:\n]+): )?`((?:test\/[^`*]+\.ts)|bench\/goals\.ts)`: ((?:\\\||[^|\n])+)/g,
  );
  return [...mentions].map(([, condition, file = '', name = '']) => ({
    page,
    file,
    name: name.trim().replaceAll('\\|', '|'),
    condition,
  }));
}

/** Reads the promises of all pages. */
export function readAllPromises(root: string): readonly Promised[] {
  return listPages(root).flatMap((page) => readPromises(page, readFileSync(join(root, page), 'utf8')));
}

/**
 * Finds the promises that a run did not keep. Each promise needs at least one passed test of its name, and none that
 * failed or was skipped. Two kinds may be skipped: one of several tests whose name ends with a reason in parentheses,
 * for example a case that one backend cannot have; and a test for which the page gives a condition.
 * @param ran the test files of the run, from the root. A promise of another file is checked only if `isWhole`.
 * @param isWhole whether all test files were part of the run.
 * @returns one sentence for each broken promise.
 */
export function findBroken(
  promises: readonly Promised[],
  reported: readonly Reported[],
  ran: ReadonlySet<string>,
  isWhole: boolean,
): readonly string[] {
  const byFile = Map.groupBy(reported, ({ file }) => file);
  return promises
    .filter(({ file }) => file.startsWith('test/') && (isWhole || ran.has(file)))
    .flatMap((promise) => {
      const problem = problemOf(promise, byFile.get(promise.file) ?? [], ran);
      return problem === undefined ? [] : [`${promise.page} names "${promise.name}" of ${promise.file}, ${problem}`];
    });
}

function problemOf(promise: Promised, tests: readonly Reported[], ran: ReadonlySet<string>): string | undefined {
  const { file, name, condition } = promise;
  if (!ran.has(file)) return 'which was not part of a run of all tests.';
  const exact = tests.filter((test) => test.name === name);
  const named = exact.length > 0 ? exact : tests.filter((test) => matchesName(test.name, name));
  if (named.length === 0) return 'which has no test of that name.';
  const mayBeSkipped = (test: Reported): boolean =>
    condition !== undefined || (named.length > 1 && / \([^()]+\)$/.test(test.name));
  const bad = named
    .filter(({ state }) => state !== 'passed')
    .filter((test) => test.state !== 'skipped' || !mayBeSkipped(test));
  if (bad.length > 0) return `which did not pass: ${bad.map((test) => `"${test.name}" ${test.state}`).join(', ')}.`;
  const isKept = condition !== undefined || named.some(({ state }) => state === 'passed');
  return isKept ? undefined : 'of which no test passed.';
}

/** Whether a reported name matches a cited one, in which `*` stands for any text. */
export function matchesName(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

/** The promises whose test file is missing. */
export function findHomeless(root: string, promises: readonly Promised[]): readonly Promised[] {
  return promises.filter(({ file }) => !existsSync(join(root, file)));
}
