import { formatMs, paint } from './style.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const frameMs = 100;
const barCells = 20;

/** Progress from 0 to 1, with a text. */
interface Progress {
  readonly fraction: number;
  readonly text: string;
}

/** One line at the bottom of a terminal with the current step and its duration. Does nothing in a pipe. */
export class StatusLine implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #sinceMs: number = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #text: string;
  #progress: Progress | undefined;
  #frame = 0;
  #shown = false;
  /** Whether the guest's output left the cursor in the middle of a line; then no status may be drawn. */
  #midLine = false;

  constructor(text: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#text = text;
    this.#stream = stream;
    if (stream.isTTY) this.#timer = setInterval(() => this.#draw(), frameMs).unref();
  }

  set text(text: string) {
    this.#text = text;
  }

  /** Shows a bar with its text instead of the status. */
  set progress(progress: Progress) {
    this.#progress = progress;
  }

  /** Writes to another stream of the same terminal without mixing with the status. */
  write(stream: NodeJS.WriteStream, text: string): void {
    this.#clear();
    stream.write(text);
    if (stream.isTTY) this.#midLine = !text.endsWith('\n');
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #draw(): void {
    if (this.#midLine) return;
    this.#frame = (this.#frame + 1) % frames.length;
    const elapsed = formatMs(performance.now() - this.#sinceMs);
    const what = this.#progress ? showBar(this.#progress, this.#text) : this.#text;
    const line = `${frames[this.#frame]} ${what} ${elapsed}`.slice(0, (this.#stream.columns || 80) - 1);
    this.#stream.write(`\r\u001b[2K${paint(this.#stream, 'dim', line)}`);
    this.#shown = true;
  }

  #clear(): void {
    if (!this.#shown) return;
    this.#stream.write('\r\u001b[2K');
    this.#shown = false;
  }
}

function showBar({ fraction, text }: Progress, otherwise: string): string {
  const done = Math.round(fraction * barCells);
  const bar = `${'━'.repeat(done)}${'╌'.repeat(barCells - done)}`;
  return `${bar} ${String(Math.floor(fraction * 100)).padStart(3)} % ${text === '' ? otherwise : text}`;
}
