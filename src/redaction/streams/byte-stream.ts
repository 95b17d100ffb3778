/**
 * Theory of operation. A file that arrives in pieces may turn out at any byte not to be text. So known values are
 * searched first, in the bytes, across all pieces. As long as the rest is UTF-8, it is text and all rules apply; from
 * the first piece that is not UTF-8, bytes are passed on unchanged.
 */
import { isUtf8 } from 'node:buffer';
import { wholeCharactersBytes } from '../../support/utf8.ts';
import type { StreamRedactor } from './stream-redactor.ts';

/** Redacts the content of a file that arrives in pieces. */
export class ByteStream {
  readonly #known: StreamRedactor | undefined;
  readonly #text: StreamRedactor;
  /** The start of an incomplete character, at most three bytes. */
  #cut: Buffer = Buffer.alloc(0);
  #isText = true;

  /** @param known takes bytes as Latin-1; `undefined` if there are no known values. */
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

  /** Returns the text that was held back. The stream cannot be used after that. */
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
      // Copied: a view would keep the whole piece in memory.
      this.#cut = Buffer.from(whole.subarray(end));
      return Buffer.from(this.#text.push(text.toString()));
    }
    this.#isText = false;
    return Buffer.concat([Buffer.from(this.#text.end()), whole]);
  }
}
