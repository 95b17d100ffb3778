import { HotcellError } from '../../contract/api/errors.ts';
import { isTransferred } from '../../contract/schema/bytes.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Job, JobFile } from '../../contract/spi/job.ts';
import { PausableTimer } from '../../support/pausable-timer.ts';
import type { JobClock } from './job-clock.ts';
import { type FileToPack, packFiles } from './pack-files.ts';
import { readSource } from './read-source.ts';

/** Size of the pieces of a stream, in bytes. */
const pieceBytes = 65_536;
/** Smallest disk use of a file: tmpfs allocates whole pages. */
const pageBytes = 4_096;
const mebibyte = 1_048_576;

/** Disk use of a file of this size, in bytes. */
export function diskBytes(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes;
}

/** Disk use of the files whose size is known in advance. */
export function knownDiskBytes(files: readonly JobFile[]): number {
  return files.reduce((sum, { content }) => sum + (content instanceof Uint8Array ? diskBytes(content.length) : 0), 0);
}

/**
 * The files of one job on their way into its cell. While the engine waits for a caller's stream, the job's clock is
 * paused; all streams together may take `timeoutMs` of such waiting. At most one piece of a stream is in memory.
 */
export class JobFiles {
  readonly #job: Job;
  readonly #clock: JobClock;
  readonly #over: AbortSignal;
  readonly #late = new AbortController();
  readonly #patience: PausableTimer;
  #diskLeft: number;

  /** @param over is aborted when the files are no longer needed. */
  constructor(job: Job, clock: JobClock, over: AbortSignal) {
    this.#job = job;
    this.#clock = clock;
    this.#over = over;
    const { timeoutMs, diskMb } = job.limits;
    this.#patience = new PausableTimer(timeoutMs, () =>
      this.#late.abort(new Error(`it kept the job waiting for longer than limits.timeoutMs = ${timeoutMs} ms`)),
    );
    this.#patience.pause();
    this.#diskLeft = diskMb * mebibyte - knownDiskBytes(job.files);
  }

  /**
   * The chunks of the archive.
   * @throws {HotcellError} `INVALID_REQUEST` if a stream fails, is late, or does not fit the disk, or if bytes were
   * transferred away.
   */
  async *pack(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* packFiles(this.#filesToPack());
    } finally {
      this.#patience.stop();
    }
  }

  /** Checked one by one when they are packed, so that bytes transferred meanwhile are noticed. */
  *#filesToPack(): Generator<FileToPack> {
    for (const { path, content } of this.#job.files) {
      const isThere = content instanceof Uint8Array;
      if (isThere && isTransferred(content)) throw unread(path, new Error('its bytes were transferred away'));
      yield { path, content: isThere ? content : this.#readFile(path, content) };
    }
  }

  async *#readFile(path: string, stream: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      for await (const piece of inPieces(this.#readStream(stream))) {
        bytes += piece.length;
        if (diskBytes(bytes) > this.#diskLeft) {
          throw new Error(`it does not fit the disk (limits.diskMb is ${this.#job.limits.diskMb})`);
        }
        yield piece;
      }
    } catch (error) {
      throw unread(path, error);
    }
    this.#diskLeft -= diskBytes(bytes);
  }

  async *#readStream(stream: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
    const chunks = readSource(stream, AbortSignal.any([this.#over, this.#late.signal]));
    for (;;) {
      this.#clock.pause();
      this.#patience.resume();
      const next = await chunks.next();
      this.#patience.pause();
      this.#clock.resume();
      if (next.done) return;
      yield next.value;
    }
  }
}

function unread(path: string, error: unknown): HotcellError {
  const reason = textOfThrown(error);
  const message = `The request is invalid: its file ${JSON.stringify(path)} could not be read completely, because ${reason}.`;
  return new HotcellError('INVALID_REQUEST', message, { cause: error });
}

/**
 * The same bytes in pieces of equal size, except for the last. The pieces are copies: a source may reuse its buffer.
 */
async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafeSlow(pieceBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceBytes - filled);
      piece.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < pieceBytes) continue;
      yield piece;
      piece = Buffer.allocUnsafeSlow(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
