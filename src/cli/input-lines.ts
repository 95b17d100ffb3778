import type { Interface } from 'node:readline';

/** Lines that are pasted or piped come together; how long the next one may take to be one of them, in milliseconds. */
const togetherMs = 30;
/** Has the terminal say where a paste begins and ends. Terminals that cannot do that ignore it. */
const pasteOn = '\u001b[?2004h';
const pasteOff = '\u001b[?2004l';

/** The lines of a terminal or a pipe, kept in their order until somebody asks for them, also beyond the end of the input. */
export class InputLines implements Disposable {
  readonly #source: Interface;
  readonly #isTerminal: boolean;
  readonly #lines: string[] = [];
  #isOver = false;
  #isPasting = false;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(source: Interface, isTerminal: boolean) {
    this.#source = source;
    this.#isTerminal = isTerminal;
    source.on('line', (line) => {
      this.#lines.push(line);
      this.#change();
    });
    source.on('close', () => this.#end());
    if (!isTerminal) return;
    process.stdin.on('keypress', this.#onKey);
    process.stdout.write(pasteOn);
  }

  /** Whether a line is there that nobody has taken. */
  get isWaiting(): boolean {
    return this.#lines.length > 0;
  }

  /** The next line; `undefined` at the end. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isOver) await this.#changed.promise;
    return this.#lines.shift();
  }

  /** Whether another line belongs to those that came: it is there, or it comes at once, or a paste is not over. */
  async hasMore(): Promise<boolean> {
    const timer = setTimeout(() => this.#change(), togetherMs);
    if (!this.isWaiting && !this.#isOver) await this.#changed.promise;
    while (!this.isWaiting && !this.#isOver && this.#isPasting) await this.#changed.promise;
    clearTimeout(timer);
    return this.isWaiting;
  }

  /** Ends the input, and forgets what nobody has taken. */
  stop(): void {
    this.#lines.length = 0;
    this.#source.close();
  }

  [Symbol.dispose](): void {
    if (this.#isTerminal) {
      process.stdin.off('keypress', this.#onKey);
      process.stdout.write(pasteOff);
    }
    this.#source.close();
  }

  readonly #onKey = (_: unknown, key: { readonly name?: string } | undefined): void => {
    if (key?.name === 'paste-start') this.#isPasting = true;
    if (key?.name !== 'paste-end') return;
    // Its last line may have no end: the user ends it.
    if (this.#source.line !== '') this.#source.once('line', () => this.#endPaste());
    else this.#endPaste();
  };

  #endPaste(): void {
    this.#isPasting = false;
    this.#change();
  }

  #end(): void {
    this.#isOver = true;
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
