import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { defaultCeilings, defaultLimits, statuses } from 'hotcell';
import { expect, test } from 'vitest';
import { codeBlocks, runSnippet } from '../support/snippets.ts';

const root = new URL('../..', import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, 'utf8');
const run = promisify(execFile);

const blocks = (language: string): string[] => codeBlocks('README.md', language);

test('the first snippet runs and prints what its comment says', async () => {
  const [snippet = ''] = blocks('ts');
  const { printed, promised } = await runSnippet(snippet);
  expect(printed).toBe(promised);
});

test('its two commands are scripts of the package, and both begin with the set-up', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };
  expect(blocks('sh')[0]).toMatch(/npm run demo[\s\S]*npm test/);
  for (const name of ['setup', 'demo', 'test']) expect(scripts[name]).toMatch(/^node scripts\/setup\.mjs/);
});

test('the commands that it shows for hotcell run as they stand', async () => {
  const [, , ...words] = (blocks('sh')[1]?.split('\n')[0] ?? '').split(/\s+(?=(?:[^']*'[^']*')*[^']*$)/);
  const args = words.map((word) => word.replace(/^'|'$/g, ''));
  const { stdout } = await run(process.execPath, [`${root}dist/cli/main.js`, ...args], { cwd: root, timeout: 60_000 });
  expect(JSON.parse(stdout)).toEqual([1, 4, 9]);
});

test('its table of limits and its list of statuses are the real ones', () => {
  const plain = (n: number): string => n.toLocaleString('en').replaceAll(',', ' ');
  for (const [name, value] of Object.entries(defaultLimits)) {
    const row = readme.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``)) ?? '';
    expect(row).toContain(`| ${plain(value)} | ${plain(defaultCeilings[name as keyof typeof defaultCeilings])} |`);
  }
  for (const status of statuses) expect(readme).toContain(`\`${status}\``);
});
