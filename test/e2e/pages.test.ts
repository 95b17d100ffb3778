import { readFileSync } from 'node:fs';
import { toolErrorTable } from 'hotcell';
import { expect, test } from 'vitest';
import { codeBlocks, runSnippet } from '../support/snippets.ts';

test.each([
  'docs/displays.md',
  'docs/files.md',
  'docs/network.md',
  'docs/options.md',
  'docs/tools.md',
  'docs/sessions.md',
  'docs/wire.md',
  'docs/events.md',
])('the snippets of %s run and print what their comments say', async (page) => {
  const snippets = codeBlocks(page, 'ts');
  expect(snippets.length).toBeGreaterThan(0);
  for (const snippet of snippets) {
    const { printed, promised } = await runSnippet(snippet);
    expect(printed).toBe(promised);
  }
});

test('the codes of failed tool calls on docs/tools.md are all there are', () => {
  const page = readFileSync(new URL('../../docs/tools.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(Object.fromEntries(rows)).toEqual(toolErrorTable);
});
