import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const root = new URL('../..', import.meta.url).pathname;
const run = promisify(execFile);

/** The code blocks of one language on a page of the repository. */
export function codeBlocks(page: string, language: string): string[] {
  return [...readFileSync(`${root}${page}`, 'utf8').matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code ?? '');
}

/** Runs a snippet as a separate module; returns its output, and the output that its comments promise. */
export async function runSnippet(snippet: string): Promise<{ readonly printed: string; readonly promised: string }> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', snippet], {
    cwd: root,
    timeout: 60_000,
  });
  const promises = [...snippet.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
  return { printed: stdout.trim(), promised: promises.join('\n') };
}
