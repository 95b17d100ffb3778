/**
 * Theory of operation. Most of a text is far from every pattern, and the filter skips such text. It looks at blocks of
 * three characters, and a table gives for each block the distance to the nearest place where a pattern can start (Wu
 * and Manber, "A fast algorithm for multi-pattern searching", 1994). Only the window of each pattern counts: its first
 * characters, at most as many as the shortest pattern has. Long windows allow long jumps; a pattern of three characters
 * allows none, and every character is looked at once.
 *
 * The filter reads bytes, because characters of strings cost several times as much. A byte is the lower half of its
 * character, so different characters may look equal: the filter may stop too early, but it never skips
 * the start of one.
 */

/** How characters are compared: all characters with the same folded code are equal. */
export interface Fold {
  /** ASCII code → its folded code. */
  readonly codes: Uint8Array;
  /** Folded code → the codes that fold to it, each with {@link caseBit}. */
  readonly variants: readonly (readonly number[])[];
}

const asciiSize = 128;
/** Number of characters that the filter looks at together. */
export const blockLength = 3;
const windowMax = 16;
const tableSize = 32_768;
/** The bit that differs between the two cases of an ASCII letter; blocks are hashed as if it were always set. */
const caseBit = 32;

/** Finds the places in a text at which any of a set of patterns may start. */
export class BlockFilter {
  /** Length of the shortest pattern, at most {@link windowMax}. */
  readonly #window: number;
  /** Hash of a block → distance from its end to the nearest place where a window that contains it can end. */
  readonly #shift: Uint8Array;

  constructor(patterns: readonly string[], fold: Fold) {
    this.#window = patterns.reduce((window, { length }) => Math.min(window, length), windowMax);
    this.#shift = new Uint8Array(tableSize).fill(Math.max(1, this.#window - blockLength + 1));
    for (const pattern of patterns) this.#insert(pattern, fold);
  }

  /**
   * The first index in [from, limit) where a pattern may start, even if it continues past `limit`; `limit` if there is
   * none.
   */
  next(bytes: Uint8Array, from: number, limit: number): number {
    if (this.#window < blockLength || limit - from < blockLength) return from;
    return this.#window === blockLength ? this.#crawl(bytes, from, limit) : this.#leap(bytes, from, limit);
  }

  #leap(bytes: Uint8Array, from: number, limit: number): number {
    const shift = this.#shift;
    const reach = this.#window - 1;
    let last = from + reach;
    while (last < limit) {
      const step = shift[hashAt(bytes, last)] as number;
      if (step === 0) return last - reach;
      last += step;
    }
    // No whole window is left: a match from here on includes the last block, or starts after the start of that block.
    return Math.max(last, limit - 1 + (shift[hashAt(bytes, limit - 1)] as number)) - reach;
  }

  #crawl(bytes: Uint8Array, from: number, limit: number): number {
    const shift = this.#shift;
    let hash = hashAt(bytes, from + 2);
    let last = from + 3;
    // Two at a time: the loop itself is half of the cost.
    for (; shift[hash] !== 0 && last + 1 < limit; last += 2) {
      const between = appended(hash, bytes[last] as number);
      hash = appended(between, bytes[last + 1] as number);
      if (shift[between] === 0) return last - 2;
    }
    if (shift[hash] === 0) return last - blockLength;
    if (last < limit && shift[appended(hash, bytes[last] as number)] === 0) return last - 2;
    return limit - 2;
  }

  #insert(pattern: string, fold: Fold): void {
    for (let last = blockLength - 1; last < this.#window; last += 1) {
      const distance = this.#window - 1 - last;
      for (const first of variantsAt(pattern, last - 2, fold)) {
        for (const second of variantsAt(pattern, last - 1, fold)) {
          for (const third of variantsAt(pattern, last, fold)) {
            const hash = appended(appended(first, second), third);
            this.#shift[hash] = Math.min(this.#shift[hash] as number, distance);
          }
        }
      }
    }
  }
}

/** The characters of a text as {@link BlockFilter} reads them; reuses its memory for the next text. */
export class LowBytes {
  #buffer: Buffer = Buffer.alloc(0);

  /** Valid until the next call. */
  of(text: string): Uint8Array {
    if (this.#buffer.length < text.length) this.#buffer = Buffer.allocUnsafeSlow(text.length);
    this.#buffer.write(text, 'latin1');
    return this.#buffer;
  }
}

/** A fold that maps each character of `from` to the character of `to` at the same index. */
export function createFold(from: string, to: string): Fold {
  const codes = Uint8Array.from({ length: asciiSize }, (_, code) => code);
  for (let index = 0; index < from.length; index += 1) codes[from.charCodeAt(index)] = to.charCodeAt(index);
  const variants = Array.from({ length: asciiSize }, (_, code) => {
    const sources = [...codes.keys()].filter((source) => codes[source] === code);
    return [...new Set(sources.map((source) => source | caseBit))];
  });
  return { codes, variants };
}

/** The folded form of `code`, for comparison. */
export function folded(code: number, { codes }: Fold): number {
  return code < asciiSize ? (codes[code] as number) : code;
}

function variantsAt(pattern: string, index: number, fold: Fold): readonly number[] {
  const code = folded(pattern.charCodeAt(index), fold);
  return fold.variants[code] ?? [(code & 255) | caseBit];
}

/** Hash of the block that ends with the byte at `last`. */
function hashAt(bytes: Uint8Array, last: number): number {
  return appended(appended((bytes[last - 2] as number) | caseBit, bytes[last - 1] as number), bytes[last] as number);
}

/** The hash of a block after one more byte; bytes older than three drop out. */
function appended(hash: number, byte: number): number {
  return ((hash << 5) ^ (byte | caseBit)) & (tableSize - 1);
}
