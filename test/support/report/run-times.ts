/** Texts about the plan of a run and about its times. */
import { styleText } from 'node:util';
import { groupOf, testGroups } from './groups.ts';

/** Adds colours to a text, or returns it unchanged if the output has no colours. */
export type Paint = (style: 'bold' | 'dim' | 'yellow', text: string) => string;

/** One test and its duration. */
export interface TestTime {
  readonly name: string;
  readonly ms: number;
}

/** One file of tests and its duration, including imports and hooks. */
export interface FileTime {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly ms: number;
  readonly tests: readonly TestTime[];
}

/** Times of files in milliseconds, by path from the root. */
export type KnownTimes = Readonly<Record<string, number>>;

/** Colours for a terminal; none for a pipe or with `NO_COLOR`. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  const isColoured = stream.isTTY === true && !env.NO_COLOR;
  return (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);
}

/** Describes how many files will run, how many of them need Docker, and an estimate of the time. */
export function describePlan(files: readonly string[], known: KnownTimes, workers: number, paint: Paint): string {
  const groups = testGroups
    .map(({ name, needsDocker }) => ({
      name,
      needsDocker,
      count: files.filter((file) => groupOf(file) === name).length,
    }))
    .filter(({ count }) => count > 0);
  const parts = groups.map(({ name, count, needsDocker }) => `${count} ${name}${needsDocker ? '' : ' (no Docker)'}`);
  const docker = groups.some(({ needsDocker }) => needsDocker);
  const measured = files.filter((file) => known[file] !== undefined).length;
  const basis = measured === files.length ? 'as measured in the last run here' : 'an estimate';
  return [
    paint('bold', `${count(files.length, 'test file')}, ${count(workers, 'process', 'processes')} at a time`),
    `  ${parts.join(', ')}${docker ? '; the others need the Docker engine that `npm run setup` starts' : ''}`,
    `  about ${duration(estimateMs(files, known, workers))}, ${basis}`,
  ].join('\n');
}

/** Describes the times of a run: by group, and the slowest files and tests. */
export function describeTimes(files: readonly FileTime[], wallMs: number, paint: Paint): string {
  const lines = [paint('bold', `Where the time went: ${duration(wallMs)} for ${count(files.length, 'file')}`)];
  const groups = [...Map.groupBy(files, ({ file }) => groupOf(file))];
  if (groups.length > 1) {
    for (const [name, own] of groups.sort((a, b) => total(b[1]) - total(a[1]))) {
      const tests = own.reduce((sum, file) => sum + file.tests.length, 0);
      lines.push(`  ${seconds(total(own))}  ${name.padEnd(12)} ${count(own.length, 'file')}, ${count(tests, 'test')}`);
    }
  }
  if (files.length > 1) {
    lines.push(paint('dim', '  slowest files'));
    for (const { file, ms } of slowest(files, 8)) lines.push(`  ${seconds(ms)}  ${file}`);
  }
  lines.push(paint('dim', '  slowest tests'));
  const tests = files.flatMap((file) => file.tests.map((test) => ({ ...test, file: file.file })));
  for (const { name, ms, file } of slowest(tests, 8)) {
    lines.push(`  ${seconds(ms)}  ${name}${files.length > 1 ? paint('dim', `  ${file}`) : ''}`);
  }
  return lines.join('\n');
}

/** The workers share the files evenly, but no run is shorter than its longest file. */
function estimateMs(files: readonly string[], known: KnownTimes, workers: number): number {
  const perFile = new Map(testGroups.map(({ name, secondsPerFile }) => [name, secondsPerFile * 1_000]));
  const times = files.map((file) => known[file] ?? perFile.get(groupOf(file)) ?? 0);
  return Math.max(0, ...times, times.reduce((sum, ms) => sum + ms, 0) / workers);
}

const total = (files: readonly FileTime[]): number => files.reduce((sum, { ms }) => sum + ms, 0);
const slowest = <Item extends { readonly ms: number }>(items: readonly Item[], many: number): readonly Item[] =>
  items.toSorted((a, b) => b.ms - a.ms).slice(0, many);
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1).padStart(7)} s`;
const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;

function duration(ms: number): string {
  return ms < 90_000 ? count(Math.max(1, Math.round(ms / 1_000)), 'second') : count(Math.round(ms / 60_000), 'minute');
}
