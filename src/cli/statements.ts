import type { Language } from '../contract/api/request.ts';
import { isOpen } from './open-code.ts';

/**
 * Joins lines into statements that can be run. Open code waits for more lines: brackets, quotes, blocks of the shell,
 * and in Python a block until a line starts at the margin. At a terminal, an empty line ends a block of Python, and two
 * of them end any statement.
 */
export class Statements {
  readonly #language: Language;
  readonly #isTerminal: boolean;
  #lines: string[] = [];

  constructor(language: Language, isTerminal: boolean) {
    this.#language = language;
    this.#isTerminal = isTerminal;
  }

  /** Whether a statement is incomplete. */
  get isBegun(): boolean {
    return this.#lines.length > 0;
  }

  /** Takes a line; returns the statements that it completes. */
  push(line: string): readonly string[] {
    const ready: string[] = [];
    if (this.#language === 'python' && isBlock(this.#lines) && endsBlock(line) && !this.#isOpen())
      ready.push(this.end());
    if (!this.isBegun && line.trim() === '') return ready;
    this.#lines.push(line);
    if (this.#isComplete()) ready.push(this.end());
    return ready;
  }

  /** Returns all pending lines, complete or not. */
  end(): string {
    return this.#lines.splice(0).join('\n');
  }

  /** Drops the incomplete statement. */
  clear(): void {
    this.#lines = [];
  }

  #isComplete(): boolean {
    const [before, last] = this.#lines.slice(-2);
    if (this.#isTerminal && before?.trim() === '' && last?.trim() === '') return true;
    if (this.#isOpen()) return false;
    if (this.#language !== 'python' || !isBlock(this.#lines)) return true;
    return this.#isTerminal && this.#lines.at(-1)?.trim() === '';
  }

  #isOpen(): boolean {
    return isOpen(this.#lines.join('\n'), this.#language);
  }
}

/** Whether lines of Python start a block or may continue one. */
function isBlock(lines: readonly string[]): boolean {
  return lines.some((line) => /:\s*(?:#.*)?$/u.test(line) || line.startsWith('@'));
}

/** Whether a line of Python ends a block before it. */
function endsBlock(line: string): boolean {
  return /^[^\s#)\]}]/u.test(line) && !/^(?:elif|else|except|finally|case)\b/u.test(line);
}
