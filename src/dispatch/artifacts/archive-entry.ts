import type { Extract } from 'tar-stream';

/** The type of `tar-stream`'s entries, which it does not export. */
export type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

/**
 * The content of one entry of an archive. A reader that stops early calls {@link ArchiveEntry.skip}, because leaving a
 * loop over the entry itself would destroy the whole archive.
 */
export class ArchiveEntry {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #next: Promise<IteratorResult<Uint8Array>> | undefined;

  constructor(entry: Entry) {
    this.#pieces = (entry as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  }

  /** The next piece. A second call before the first has settled gets the same piece. */
  next(): Promise<IteratorResult<Uint8Array>> {
    this.#next ??= this.#pieces.next().finally(() => {
      this.#next = undefined;
    });
    return this.#next;
  }

  /** Reads the rest and discards it. */
  async skip(): Promise<void> {
    while (!(await this.next()).done);
  }
}
