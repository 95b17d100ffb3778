/** Most bytes of a character in UTF-8. */
const characterMax = 4;

/** Bytes of `bytes` up to the end of the last complete character; an incomplete one may follow. */
export function wholeCharactersBytes(bytes: Uint8Array): number {
  for (let behind = 1; behind < characterMax && behind <= bytes.length; behind += 1) {
    const byte = bytes[bytes.length - behind] as number;
    if (isContinuation(byte)) continue;
    const size = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return size > behind ? bytes.length - behind : bytes.length;
  }
  return bytes.length;
}

/** Index of the first byte that does not continue a character. */
export function firstCharacterStart(bytes: Uint8Array): number {
  let start = 0;
  while (start < bytes.length && isContinuation(bytes[start] as number)) start += 1;
  return start;
}

/**
 * Decodes UTF-8 that arrives in pieces, cut anywhere. Malformed bytes become U+FFFD as in the Encoding Standard, and a
 * byte order mark stays. `TextDecoder` does the same at several times the cost.
 */
export class Utf8Decoder {
  /** The start of a character that was cut. */
  #cut: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): string {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes = this.#cut.length === 0 ? view : Buffer.concat([this.#cut, view]);
    const end = wholeCharactersBytes(bytes);
    // Copied: a view would keep the whole chunk in memory.
    this.#cut = end === bytes.length ? this.#cut.subarray(0, 0) : Buffer.from(bytes.subarray(end));
    return bytes.toString('utf8', 0, end);
  }

  end(): string {
    return this.#cut.toString();
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
