/**
 * Theory of operation. A file that passes by in pieces may turn out at any byte to be no text. So known values are
 * searched in its bytes first, without a seam from begin to end. What is left is text, and has all rules applied, as
 * long as it is UTF-8; from the piece on in which it is not, it is passed on as it is.
 */
import { isUtf8 } from 'node:buffer';
import { wholeCharactersBytes } from '../../support/utf8.ts';
import type { StreamRedactor } from './stream-redactor.ts';

/** Redacts the content of a file that comes in pieces. */
export class ByteStream {
  readonly #known: StreamRedactor | undefined;
  readonly #text: StreamRedactor;
  /** The begin of a character that is not there as a whole, at most three bytes. */
  #cut: Buffer = Buffer.alloc(0);
  #isText = true;

  /** @param known takes bytes as Latin-1; without one, there is nothing that could be known. */
  constructor(known: StreamRedactor | undefined, text: StreamRedactor) {
    this.#known = known;
    this.#text = text;
  }

  /** Whether all bytes so far are UTF-8. */
  get isText(): boolean {
    return this.#isText;
  }

  push(bytes: Uint8Array): Buffer {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!this.#known) return this.#pass(content);
    return this.#pass(Buffer.from(this.#known.push(content.toString('latin1')), 'latin1'));
  }

  /** Returns what was held back. The stream is of no use after that. */
  end(): Buffer {
    const last = this.#pass(Buffer.from(this.#known?.end() ?? '', 'latin1'));
    if (!this.#isText) return last;
    if (this.#cut.length > 0) this.#isText = false;
    return Buffer.concat([last, Buffer.from(this.#text.end()), this.#cut]);
  }

  #pass(bytes: Buffer): Buffer {
    if (!this.#isText) return bytes;
    const whole = this.#cut.length > 0 ? Buffer.concat([this.#cut, bytes]) : bytes;
    const end = wholeCharactersBytes(whole);
    const text = whole.subarray(0, end);
    if (isUtf8(text)) {
      // Copied: a view would keep the whole piece.
      this.#cut = Buffer.from(whole.subarray(end));
      return Buffer.from(this.#text.push(text.toString()));
    }
    this.#isText = false;
    return Buffer.concat([Buffer.from(this.#text.end()), whole]);
  }
}
