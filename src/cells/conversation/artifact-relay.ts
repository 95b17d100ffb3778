import type { Cell } from '../../contract/spi/backend.ts';
import { engineKinds } from '../protocol/frame-codec.ts';
import type { JobClock } from './job-clock.ts';

/**
 * Bytes of artifacts that a cell may send beyond those that the engine reported as taken; its last frame may exceed
 * this. Runners (`sandbox-images/runner/files/artifacts.py`) and host processes use the same number.
 */
export const artifactWindowBytes = 1_048_576;
/** The engine reports taken bytes in steps of this size, or after this many milliseconds. */
const stepBytes: number = artifactWindowBytes / 4;
const stepMs = 500;
/**
 * Slowest rate, in bytes per millisecond, at which a cell may send artifacts; below it, the transfer uses up the job's
 * time.
 */
const transferBytesPerMs = 5_000;

/**
 * The artifacts of one conversation, from the cell to their reader. If the reader is slow, the cell must wait and the
 * job's clock is paused, so that only a few bytes are in memory at any time.
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

  /** @param maxBytes length of the longest archive that the job can have. */
  constructor(cell: Cell, clock: JobClock, maxBytes: number) {
    this.#cell = cell;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** Takes a chunk from the cell; returns a message if the cell may not send it. */
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

  /** Called after the last chunk. */
  end(): void {
    this.#isOver = true;
    this.#arrived.resolve();
  }

  /** All chunks, for one reader. The request for the next chunk counts the last one as taken. */
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
