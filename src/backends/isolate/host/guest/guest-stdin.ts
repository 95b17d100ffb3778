/** Most bytes that are handed over at one time. */
const pieceMax = 65_536;

/** The stdin of a guest that reads it as it arrives: an interpreter, which asks for each piece. */
export class GuestStdin {
  readonly #chunks: Uint8Array[] = [];
  #isOver: boolean;
  readonly #onAdded: () => void;

  /** @param onAdded Called when something arrives, for a guest that waits for it. */
  constructor(hasAny: boolean, onAdded: () => void) {
    this.#isOver = !hasAny;
    this.#onAdded = onAdded;
  }

  /** Takes a piece; an empty one is the end. */
  take(chunk: Uint8Array): void {
    if (chunk.length === 0) this.#isOver = true;
    else this.#chunks.push(Buffer.from(chunk));
    this.#onAdded();
  }

  /** `+` and the next piece, one character per byte; `-` at the end; '' if nothing has arrived. */
  nextText(): string {
    const chunk = this.#chunks.shift();
    if (!chunk) return this.#isOver ? '-' : '';
    if (chunk.length > pieceMax) this.#chunks.unshift(chunk.subarray(pieceMax));
    return `+${Buffer.from(chunk.subarray(0, pieceMax)).toString('latin1')}`;
  }
}
