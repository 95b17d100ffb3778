import { markerOf, type StreamRedactor } from '../streams/stream-redactor.ts';

/** Name of the optional rule for e-mail addresses. */
export const emailRule = 'email';

/** The longest address (RFC 5321, section 4.5.3.1: 64 + 1 + 255). Longer words are searched in blocks of this size. */
const wordMax = 320;
const word = /[A-Za-z0-9_.+%@-]+/g;
const wordCharacter = /[A-Za-z0-9_.+%@-]/;
const block = new RegExp(`[^]{1,${wordMax}}`, 'g');
const address = /[A-Za-z0-9_.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g;

/**
 * Replaces e-mail addresses in one text; calls `found` for each. Holds back only the last word. Pieces must not split
 * surrogate pairs.
 */
export class EmailStream implements StreamRedactor {
  readonly #found: () => void;
  /** The last word so far, or its last block. */
  #text = '';

  constructor(found: () => void) {
    this.#found = found;
  }

  push(piece: string): string {
    const text = this.#text + piece;
    let wordStart = text.length;
    while (wordStart > this.#text.length && wordCharacter.test(text.charAt(wordStart - 1))) wordStart -= 1;
    if (wordStart === this.#text.length) wordStart = 0;
    const wholeBlocks = Math.floor((text.length - wordStart) / wordMax) * wordMax;
    const decided = wordStart + wholeBlocks;
    this.#text = text.slice(decided);
    return this.#redact(text.slice(0, decided));
  }

  end(): string {
    return this.#redact(this.#text);
  }

  #redact(text: string): string {
    if (!text.includes('@')) return text;
    return text.replaceAll(word, (found) =>
      found.includes('@') ? found.replaceAll(block, (part) => part.replaceAll(address, this.#replace)) : found,
    );
  }

  readonly #replace = (): string => {
    this.#found();
    return markerOf(emailRule);
  };
}
