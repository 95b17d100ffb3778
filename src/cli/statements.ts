import type { Language } from '../contract/api/request.ts';
import { isOpen } from './open-code.ts';

/**
 * Puts lines together to what can be run. What is open waits for more: brackets, quotes, the blocks of the shell, and in
 * Python a block until a line begins at the margin again. At a terminal an empty line ends a block of Python, and two of
 * them end anything.
 */
export class Statements {
  readonly #language: Language;
  readonly #isTerminal: boolean;
  #lines: string[] = [];

  constructor(language: Language, isTerminal: boolean) {
    this.#language = language;
    this.#isTerminal = isTerminal;
  }

  /** Whether something is begun. */
  get isBegun(): boolean {
    return this.#lines.length > 0;
  }

  /** Takes a line; what can be run with it. */
  push(line: string): readonly string[] {
    const ready: string[] = [];
    if (this.#language === 'python' && isBlock(this.#lines) && endsBlock(line) && !this.#isOpen())
      ready.push(this.end());
    if (!this.isBegun && line.trim() === '') return ready;
    this.#lines.push(line);
    if (this.#isComplete()) ready.push(this.end());
    return ready;
  }

  /** All that is there, whatever it is. */
  end(): string {
    return this.#lines.splice(0).join('\n');
  }

  /** Forgets what is begun. */
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

/** Whether lines of Python begin a block, or may go on with one. */
function isBlock(lines: readonly string[]): boolean {
  return lines.some((line) => /:\s*(?:#.*)?$/u.test(line) || line.startsWith('@'));
}

/** Whether a line of Python belongs to no block before it. */
function endsBlock(line: string): boolean {
  return /^[^\s#)\]}]/u.test(line) && !/^(?:elif|else|except|finally|case)\b/u.test(line);
}
