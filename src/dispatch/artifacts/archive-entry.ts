import type { Extract } from 'tar-stream';

/** What `tar-stream` calls a source. */
export type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

/**
 * The content of one entry of an archive. Whoever stops in the middle leaves the rest to {@link ArchiveEntry.skip}: to
 * leave a loop over the entry itself would destroy the whole archive.
 */
export class ArchiveEntry {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #next: Promise<IteratorResult<Uint8Array>> | undefined;

  constructor(entry: Entry) {
    this.#pieces = (entry as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  }

  /** The next piece. Asked again before it has answered, it gives the same answer. */
  next(): Promise<IteratorResult<Uint8Array>> {
    this.#next ??= this.#pieces.next().finally(() => {
      this.#next = undefined;
    });
    return this.#next;
  }

  /** Reads what is left to its end. */
  async skip(): Promise<void> {
    while (!(await this.next()).done);
  }
}
