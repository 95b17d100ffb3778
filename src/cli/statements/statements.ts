import type { Grammar, Progress } from './grammar.ts';

/** Code that is open and longer than this is only looked at again after a line that can close something. */
const longLines = 200;

/**
 * Puts lines together to what can be run, as the parser of the language says. Code that can run may still go on: a block
 * of Python up to a line at the margin, JavaScript with `else` or `.map()`. It is held until the next line tells, or until
 * {@link rest}, when there is none.
 */
export class Statements {
  readonly #grammar: Grammar;
  #lines: string[] = [];
  #progress: Progress = 'done';

  constructor(grammar: Grammar) {
    this.#grammar = grammar;
  }

  /** Whether something is begun. */
  get isBegun(): boolean {
    return this.#lines.length > 0;
  }

  /** Whether what is begun could run. */
  get isHeld(): boolean {
    return this.isBegun && this.#progress !== 'open';
  }

  /** Takes a line; what can be run with it, if no further line is waited for. */
  push(line: string): readonly string[] {
    const ready: string[] = [];
    if (this.isHeld && !this.#grammar.goesOn(this.#text, line)) ready.push(this.end());
    if (!this.isBegun && line.trim() === '') return ready;
    const { closing } = this.#grammar;
    const stays = this.#progress === 'open' && this.#lines.length > longLines && closing?.test(line) === false;
    this.#lines.push(line);
    if (!stays) this.#progress = this.#grammar.judge(this.#text);
    const isOver = this.#progress === 'broken' || (this.#progress === 'done' && !this.#grammar.holdsDone);
    if (isOver) ready.push(this.end());
    return ready;
  }

  /** What can run now that no further line is there; at a prompt, an empty line ends a block. */
  rest(isTerminal: boolean): readonly string[] {
    if (!this.isHeld) return [];
    if (this.#progress === 'block' && !(isTerminal && this.#lines.at(-1)?.trim() === '')) return [];
    return [this.end()];
  }

  /** All that is there, whatever it is. */
  end(): string {
    this.#progress = 'done';
    return this.#lines.splice(0).join('\n');
  }

  /** Forgets what is begun. */
  clear(): void {
    this.end();
  }

  get #text(): string {
    return this.#lines.join('\n');
  }
}
