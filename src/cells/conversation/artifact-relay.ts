import type { Cell } from '../../contract/spi/backend.ts';
import { engineKinds } from '../protocol/frame-codec.ts';
import type { JobClock } from './job-clock.ts';

/**
 * What a cell may send of its artifacts beyond what the engine said that it took; it may end with a frame that goes
 * further. Runners (`sandbox-images/runner/files/artifacts.py`) and host processes keep to the same number.
 */
export const artifactWindowBytes = 1_048_576;
/** The engine says what it took in steps of so much, or after so many milliseconds. */
const stepBytes: number = artifactWindowBytes / 4;
const stepMs = 500;
/** A cell moves artifacts at this many bytes a millisecond at the very least; slower ones use up the time of their job. */
const transferBytesPerMs = 5_000;

/**
 * The artifacts of one conversation on their way from the cell to their reader. The cell is held back while the reader
 * is behind, and the job's clock stands still meanwhile, so that little of them is ever in memory.
 */
export class ArtifactRelay {
  readonly #cell: Cell;
  readonly #clock: JobClock;
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #receivedBytes = 0;
  #takenBytes = 0;
  #saidBytes = 0;
  #saidAtMs: number = performance.now();
  #isOver = false;
  #arrived: PromiseWithResolvers<void> = Promise.withResolvers();

  /** @param maxBytes the longest archive that the job can have. */
  constructor(cell: Cell, clock: JobClock, maxBytes: number) {
    this.#cell = cell;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** Takes a chunk from the cell; says what is wrong where the cell may not send it. */
  take(chunk: Uint8Array): string | undefined {
    if (this.#isHeld) return 'The cell sent more bytes of artifacts than its window allows.';
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes > this.#maxBytes) return 'The cell sent more bytes of artifacts than its disk can hold.';
    this.#chunks.push(chunk);
    this.#clock.extend(chunk.length / transferBytesPerMs);
    if (this.#isHeld) this.#clock.pause();
    this.#arrived.resolve();
    return undefined;
  }

  /** No more will come. */
  end(): void {
    this.#isOver = true;
    this.#arrived.resolve();
  }

  /** All chunks, for the one reader. Whoever asks for the next has taken the last. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      for (let chunk = this.#chunks.shift(); chunk; chunk = this.#chunks.shift()) {
        yield chunk;
        this.#took(chunk.length);
      }
      if (this.#isOver) return;
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
  }

  get #isHeld(): boolean {
    return this.#receivedBytes - this.#saidBytes >= artifactWindowBytes;
  }

  #took(bytes: number): void {
    this.#takenBytes += bytes;
    const nowMs = performance.now();
    if (this.#isOver || (this.#takenBytes - this.#saidBytes < stepBytes && nowMs - this.#saidAtMs < stepMs)) return;
    const wasHeld = this.#isHeld;
    this.#saidBytes = this.#takenBytes;
    this.#saidAtMs = nowMs;
    void this.#cell.send(engineKinds.artifactsTaken, Buffer.from(String(this.#takenBytes)));
    if (wasHeld && !this.#isHeld) this.#clock.resume();
  }
}
