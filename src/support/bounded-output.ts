/** What {@link BoundedOutput.finish} answers. */
export interface BoundedText {
  /** All of the text, or head + `\n… [N bytes cut] …\n` + tail. */
  readonly text: string;
  /** Bytes of UTF-8 left out between head and tail; 0 where nothing was. */
  readonly truncatedBytes: number;
}

/** Collects a text that comes in pieces, and keeps its head and its tail. */
export interface BoundedOutput {
  push(text: string): void;
  /** The text as far as it was kept. Nothing may be pushed after that. */
  finish(): BoundedText;
}

const firstTailBytes = 4_096;

/**
 * Keeps at most `keepBytes` bytes of UTF-8, half of them from the begin and half from the end; the line that says how
 * much was cut comes on top. Characters are never split, also not those whose surrogates come in two pieces; a lone
 * surrogate becomes U+FFFD. Memory is at most about `keepBytes`, twice that while it grows.
 */
export function createBoundedOutput(keepBytes: number): BoundedOutput {
  const headMax = Math.ceil(keepBytes / 2);
  const head: Buffer[] = [];
  const tail = new RingBuffer(keepBytes - headMax);
  let headBytes = 0;
  let heldSurrogate = '';

  const append = (text: string): void => {
    if (text === '') return;
    const bytes = Buffer.from(text);
    const ahead = Math.min(bytes.length, headMax - headBytes);
    // Copied, so that a few bytes of it do not keep a long piece in memory.
    if (ahead > 0) head.push(ahead === bytes.length ? bytes : Buffer.from(bytes.subarray(0, ahead)));
    headBytes += ahead;
    tail.write(bytes.subarray(ahead));
  };

  return {
    push(text) {
      const whole = heldSurrogate + text;
      const last = whole.charCodeAt(whole.length - 1);
      heldSurrogate = last >= 0xd800 && last <= 0xdbff ? whole.slice(-1) : '';
      append(heldSurrogate === '' ? whole : whole.slice(0, -1));
    },
    finish() {
      append(heldSurrogate);
      heldSurrogate = '';
      const begin = Buffer.concat(head);
      const end = tail.read();
      if (tail.lostBytes === 0) return { text: Buffer.concat([begin, end]).toString(), truncatedBytes: 0 };

      const wholeBegin = begin.subarray(0, lastCharacterEnd(begin));
      const wholeEnd = end.subarray(firstCharacterStart(end));
      const truncatedBytes = tail.lostBytes + begin.length - wholeBegin.length + end.length - wholeEnd.length;
      return { text: `${wholeBegin}\n… [${truncatedBytes} bytes cut] …\n${wholeEnd}`, truncatedBytes };
    },
  };
}

/** The last `maxBytes` of all that was written. */
class RingBuffer {
  readonly #maxBytes: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** Bytes ever written; the next goes to this index, modulo the size. */
  #written = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get lostBytes(): number {
    return Math.max(0, this.#written - this.#maxBytes);
  }

  write(bytes: Buffer): void {
    this.#grow(Math.min(this.#maxBytes, this.#written + bytes.length));
    const skipped = Math.max(0, bytes.length - this.#maxBytes);
    const kept = bytes.subarray(skipped);
    this.#written += skipped;
    if (kept.length > 0) {
      const copied = kept.copy(this.#buffer, this.#written % this.#buffer.length);
      kept.copy(this.#buffer, 0, copied);
    }
    this.#written += kept.length;
  }

  read(): Buffer {
    if (this.#written <= this.#buffer.length) return this.#buffer.subarray(0, this.#written);
    const next = this.#written % this.#buffer.length;
    return Buffer.concat([this.#buffer.subarray(next), this.#buffer.subarray(0, next)]);
  }

  /** Doubles up to the maximum; before that is reached, nothing has wrapped. */
  #grow(neededBytes: number): void {
    if (neededBytes <= this.#buffer.length) return;
    const size = Math.min(this.#maxBytes, Math.max(neededBytes, 2 * this.#buffer.length, firstTailBytes));
    const grown = Buffer.allocUnsafe(size);
    this.#buffer.copy(grown);
    this.#buffer = grown;
  }
}

/** Whether a byte of UTF-8 continues a character. */
function continues(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Where the last character that is whole ends. */
function lastCharacterEnd(bytes: Buffer): number {
  let start = bytes.length - 1;
  while (start > 0 && continues(bytes[start])) start -= 1;
  const lead = bytes[start] ?? 0;
  const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return start + size <= bytes.length ? bytes.length : Math.max(0, start);
}

function firstCharacterStart(bytes: Buffer): number {
  let start = 0;
  while (start < bytes.length && continues(bytes[start])) start += 1;
  return start;
}
