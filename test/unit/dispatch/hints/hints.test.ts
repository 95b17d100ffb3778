import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bashHints } from '../../../../src/dispatch/hints/bash-hints.ts';
import { findHint } from '../../../../src/dispatch/hints/find-hint.ts';
import type { FailedCall } from '../../../../src/dispatch/hints/hint.ts';
import { pythonHints } from '../../../../src/dispatch/hints/python-hints.ts';

const page = readFileSync(new URL('../../../../docs/hints.md', import.meta.url), 'utf8');

/** The mistakes that the page lists under a heading. */
function listed(heading: string): string[] {
  const part = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...part.matchAll(/^\| (.*?) \| /gm)]
    .map(([, mistake = '']) => mistake)
    .slice(1)
    .filter((text) => text !== '---');
}

test.each([
  ['Python', pythonHints],
  ['Bash', bashHints],
] as const)('the page lists the mistakes in %s that have a hint', (heading, hints) => {
  expect(listed(heading)).toEqual(hints.map(({ mistake }) => mistake));
});

const call: FailedCall = {
  language: 'python',
  backend: 'docker',
  image: undefined,
  code: '',
  hasNetwork: false,
  message: '',
  stderr: '',
};

describe('a hint', () => {
  test('knows which modules are there', () => {
    const missing = { ...call, name: 'ModuleNotFoundError', message: "No module named 'pandas.core'" };
    expect(findHint(missing)).toMatch(/^Set image: 'python-data'/);
    expect(findHint({ ...missing, image: 'python-data' })).toMatch(/^The image python-data has numpy/);
    expect(findHint({ ...missing, backend: 'wasm' })).toMatch(/Pass a wheel/);
  });

  test('knows whether there is a network', () => {
    const failed = {
      ...call,
      name: 'URLError',
      message: '<urlopen error [Errno -3] Temporary failure in name resolution>',
    };
    expect(findHint(failed)).toMatch(/^The program has no network/);
    expect(findHint({ ...failed, hasNetwork: true })).toMatch(/network\.allow.*result\.network/);
  });

  test('is taken from the end of stderr if there is no exception', () => {
    const stderr = `${'x\n'.repeat(100_000)}main.sh: line 3: git: command not found\n`;
    expect(findHint({ ...call, language: 'bash', stderr })).toMatch(/^The image has GNU coreutils/);
    expect(
      findHint({ ...call, language: 'bash', stderr: `git: command not found\n${'x'.repeat(5_000)}` }),
    ).toBeUndefined();
  });

  test('says where to look, for an error of the language alone', () => {
    expect(
      findHint({ ...call, language: 'javascript', name: 'EOFError', message: 'EOF when reading a line' }),
    ).toBeUndefined();
    expect(findHint({ ...call, name: 'ValueError', message: 'EOFError: EOF when reading a line' })).toBeUndefined();
  });

  test('takes next to no time, whatever a guest writes', () => {
    for (const piece of ['a', "'", ': ', '[: ', "$'", '\r', 'error: ', 'fork: ', '\n']) {
      const text = piece.repeat(200_000);
      const start = process.cpuUsage().user;
      findHint({ ...call, name: text, message: text, stack: text, code: text, line: 1, stderr: text });
      findHint({ ...call, language: 'bash', stderr: text });
      expect(process.cpuUsage().user - start).toBeLessThan(1_000_000);
    }
  });
});
