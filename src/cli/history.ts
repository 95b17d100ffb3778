import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Language } from '../contract/api/request.ts';

/** Number of lines to keep. */
export const historyLines = 1_000;

/** The history file of a language: in the user's folder for state, readable only by that user. */
export function historyPath(language: Language): string {
  const states = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(states, 'hotcell', `repl-history-${language}`);
}

/** The lines of earlier sessions, latest first, as readline needs them; empty if they cannot be read. */
export async function readHistory(path: string): Promise<string[]> {
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.slice(-historyLines).reverse();
  } catch {
    return [];
  }
}

/** Keeps the lines, given latest first. If the folder is not writable, nothing is kept. */
export async function writeHistory(path: string, lines: readonly string[]): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, `${lines.slice(0, historyLines).reverse().join('\n')}\n`, { mode: 0o600 });
    await chmod(path, 0o600);
  } catch {
    return;
  }
}
