/**
 * T12: values from callers that fail, hang, throw late, or come from another realm. Each group of cases runs in its own
 * child process on one engine. There Node reports everything that would end a process, and the process must end by
 * itself.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { groups } from './hostile/groups.ts';

const child = fileURLToPath(new URL('./hostile/run-cases.ts', import.meta.url));

interface Line {
  readonly name: string;
  readonly outcome: string;
  readonly after: string;
  readonly busy: readonly unknown[];
  readonly escaped: readonly string[];
}

async function runGroup(name: string): Promise<ReadonlyMap<string, Line>> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-node-snapshot', child, name], {
    timeout: 580_000,
    maxBuffer: 64 * 1_048_576,
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return new Map(lines.map((line) => [line.name, line]));
}

describe.each(Object.entries(groups))('%s', (group, { cases }) => {
  let running: Promise<ReadonlyMap<string, Line>> | undefined;
  const lines = (): Promise<ReadonlyMap<string, Line>> => {
    running ??= runGroup(group);
    return running;
  };

  const named = cases.map(({ name, ends }) => [name, ends] as const);
  test.each(named)('%s', { timeout: 590_000 }, async (name, ends) => {
    expect((await lines()).get(name)).toMatchObject({
      outcome: expect.stringMatching(ends) as string,
      escaped: [],
      after: 'success | 1',
      busy: [],
    });
  });

  test('the process ends by itself, with nothing unhandled', { timeout: 590_000 }, async () => {
    expect((await lines()).get('the end')).toEqual({ name: 'the end', escaped: [] });
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});
