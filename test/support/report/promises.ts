/** The promises that the pages make by naming a test or a goal of the benchmark, and whether they are kept. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page that says: this test, of this file, holds the promise. */
export interface Promised {
  /** Path of the page, from the root of the repository. */
  readonly page: string;
  /** Path of the file, from the root of the repository. */
  readonly file: string;
  /**
   * The whole name as the runner reports it: the names of the suites and of the test, with ` > ` between them. `*` stands
   * for any text, for tests that have parameters in their names.
   */
  readonly name: string;
  /** What the page says before it, if the test runs only under some condition: "where the image is built". */
  readonly condition?: string | undefined;
}

/** A test as the runner reported it. */
export interface Reported {
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
}

/** All pages of the repository that are its own: paths from the root. */
export function listPages(root: string): readonly string[] {
  const patterns = ['*.md', '{docs,test,examples,sandbox-images,bench,scripts}/**/*.md'];
  return globSync(patterns, { cwd: root, exclude: (path) => path.includes('node_modules') }).sort();
}

/**
 * Reads the promises of one page: a file in backticks, a colon and a name, up to the end of the table cell or the line.
 * A promise whose test cannot run everywhere has its condition before it, which begins with `where`, and a colon.
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
 * Says which promises a run did not keep: each one needs at least one test of its name that passed, and none that failed
 * or was skipped. Two kinds may be skipped: one of several whose name ends with the reason in parentheses, such as a case
 * that one backend cannot have, and one that the page makes depend on a condition.
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

/** Whether a reported name is what a page writes, where `*` stands for any text. */
export function matchesName(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

/** The promises whose file is missing. */
export function findHomeless(root: string, promises: readonly Promised[]): readonly Promised[] {
  return promises.filter(({ file }) => !existsSync(join(root, file)));
}
