import type { JobMessage } from '../../../../cells/protocol/messages.ts';

type Part = 'inputs' | 'files' | 'stdin';

/** The input after a job's message, which arrives in pieces before the job can start. */
export class JobInput {
  readonly #missing: Set<Part>;
  readonly #complete: () => void;
  #files: Uint8Array[] = [];
  readonly #stdin: Uint8Array[] = [];
  #inputs = 'null';

  /**
   * Calls `complete` once everything that `message` announces has arrived, except for a stdin that the guest reads as
   * it arrives.
   */
  constructor(message: JobMessage, readsStdin: boolean, complete: () => void) {
    this.#missing = new Set(['inputs']);
    if (message.files) this.#missing.add('files');
    if (message.stdin && !readsStdin) this.#missing.add('stdin');
    this.#complete = complete;
  }

  /** Inputs as JSON. */
  get inputs(): string {
    return this.#inputs;
  }

  /** Chunks of a tar archive, which are not kept after this call. */
  takeFileChunks(): readonly Uint8Array[] {
    const chunks = this.#files;
    this.#files = [];
    return chunks;
  }

  get stdin(): Buffer {
    return Buffer.concat(this.#stdin);
  }

  takeInputs(json: string): void {
    this.#inputs = json;
    this.#arrived('inputs');
  }

  takeFiles(chunk: Uint8Array): void {
    if (chunk.length === 0) this.#arrived('files');
    else this.#files.push(Buffer.from(chunk));
  }

  takeStdin(chunk: Uint8Array): void {
    if (chunk.length === 0) this.#arrived('stdin');
    else this.#stdin.push(Buffer.from(chunk));
  }

  #arrived(part: Part): void {
    if (this.#missing.delete(part) && this.#missing.size === 0) this.#complete();
  }
}
