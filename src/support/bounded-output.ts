import { firstCharacterStart, wholeCharactersBytes } from './utf8.ts';

/** The result of {@link BoundedOutput.finish}. */
export interface BoundedText {
  /** The whole text, or head + `\n… [N bytes cut] …\n` + tail. */
  readonly text: string;
  /** UTF-8 bytes left out between head and tail; 0 if the text is complete. */
  readonly truncatedBytes: number;
}

/** Collects a text that arrives in pieces and keeps its head and its tail. */
export interface BoundedOutput {
  push(text: string): void;
  /** The text that was kept. Nothing may be pushed after this call. */
  finish(): BoundedText;
}

const firstBytes = 4_096;
/** Most UTF-8 bytes that one UTF-16 code unit becomes. */
const unitMaxBytes = 3;

/**
 * Keeps at most `keepBytes` bytes of UTF-8, half from the start and half from the end; the line that says how much was
 * cut is added to that. Never splits a character, even if its surrogates arrive in two pieces; a lone surrogate becomes
 * U+FFFD. Uses about `keepBytes` of memory, and a quarter more while it grows.
 */
export function createBoundedOutput(keepBytes: number): BoundedOutput {
  const kept = new HeadAndTail(keepBytes);
  let heldSurrogate = '';
  return {
    push(text) {
      const whole = heldSurrogate + text;
      const last = whole.charCodeAt(whole.length - 1);
      heldSurrogate = last >= 0xd800 && last <= 0xdbff ? whole.slice(-1) : '';
      kept.write(heldSurrogate === '' ? whole : whole.slice(0, -1));
    },
    finish() {
      kept.write(heldSurrogate);
      heldSurrogate = '';
      return kept.read();
    },
  };
}

/** The first and the last bytes of everything written: a buffer whose second half wraps around once it is full. */
class HeadAndTail {
  readonly #keepBytes: number;
  readonly #headBytes: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** Total bytes written. */
  #written = 0;

  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes;
    this.#headBytes = Math.ceil(keepBytes / 2);
  }

  write(text: string): void {
    const mostBytes = text.length * unitMaxBytes;
    this.#grow(Math.min(this.#keepBytes, this.#written + mostBytes));
    const next = this.#next;
    if (mostBytes <= this.#buffer.length - next) this.#written += this.#buffer.write(text, next);
    else this.#writeAround(Buffer.from(text));
  }

  read(): BoundedText {
    const begin = this.#buffer.subarray(0, Math.min(this.#headBytes, this.#written));
    const lostBytes = this.#written - this.#keepBytes;
    if (lostBytes <= 0) return { text: this.#buffer.toString('utf8', 0, this.#written), truncatedBytes: 0 };

    const end = Buffer.concat([this.#buffer.subarray(this.#next), this.#buffer.subarray(this.#headBytes, this.#next)]);
    const wholeBegin = begin.subarray(0, wholeCharactersBytes(begin));
    const wholeEnd = end.subarray(firstCharacterStart(end));
    const truncatedBytes = lostBytes + begin.length - wholeBegin.length + end.length - wholeEnd.length;
    return { text: `${wholeBegin}\n… [${truncatedBytes} bytes cut] …\n${wholeEnd}`, truncatedBytes };
  }

  /** Index of the next byte. */
  get #next(): number {
    if (this.#written < this.#keepBytes) return this.#written;
    const tailBytes = this.#keepBytes - this.#headBytes;
    return tailBytes === 0 ? this.#keepBytes : this.#headBytes + ((this.#written - this.#headBytes) % tailBytes);
  }

  #writeAround(bytes: Buffer): void {
    const copied = bytes.copy(this.#buffer, this.#next);
    const skipped = Math.max(0, bytes.length - copied - (this.#keepBytes - this.#headBytes));
    this.#written += copied + skipped;
    for (let left = bytes.subarray(copied + skipped); left.length > 0; ) {
      const more = left.copy(this.#buffer, this.#next);
      this.#written += more;
      left = left.subarray(more);
    }
  }

  /** Grows in large steps, since each step leaves garbage. The buffer wraps around only at its maximum size. */
  #grow(neededBytes: number): void {
    if (neededBytes <= this.#buffer.length) return;
    const size = Math.min(this.#keepBytes, Math.max(neededBytes, 4 * this.#buffer.length, firstBytes));
    const grown = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(grown, 0, 0, this.#written);
    this.#buffer = grown;
  }
}
