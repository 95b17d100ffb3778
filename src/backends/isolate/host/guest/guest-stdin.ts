/** What is handed over at one time, in bytes. */
const pieceMax = 65_536;

/** The stdin of a guest that reads it while it comes: an interpreter, which asks for it piece by piece. */
export class GuestStdin {
  readonly #chunks: Uint8Array[] = [];
  #isOver: boolean;
  readonly #onAdded: () => void;

  /** @param ring Called when something came, for a guest that waits for it. */
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

  /** `+` and what comes next, one character a byte; `-` at the end; '' where nothing is there yet. */
  nextText(): string {
    const chunk = this.#chunks.shift();
    if (!chunk) return this.#isOver ? '-' : '';
    if (chunk.length > pieceMax) this.#chunks.unshift(chunk.subarray(pieceMax));
    return `+${Buffer.from(chunk.subarray(0, pieceMax)).toString('latin1')}`;
  }
}
