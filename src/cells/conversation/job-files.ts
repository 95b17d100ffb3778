import { HotcellError } from '../../contract/api/errors.ts';
import { isTransferred } from '../../contract/schema/bytes.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Job, JobFile } from '../../contract/spi/job.ts';
import { PausableTimer } from '../../support/pausable-timer.ts';
import type { JobClock } from './job-clock.ts';
import { type FileToPack, packFiles } from './pack-files.ts';
import { readSource } from './read-source.ts';

/** The pieces in which a stream travels, in bytes. */
const pieceBytes = 65_536;
/** What a file takes of a disk at the least: tmpfs gives out whole pages. */
const pageBytes = 4_096;
const mebibyte = 1_048_576;

/** Bytes of a disk that a file of this size takes. */
export function diskBytes(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes;
}

/** What of the disk those files take whose size is known before they come. */
export function knownDiskBytes(files: readonly JobFile[]): number {
  return files.reduce((sum, { content }) => sum + (content instanceof Uint8Array ? diskBytes(content.length) : 0), 0);
}

/**
 * The files of one job on their way into its cell. While a stream of the caller's is waited for, the job's clock stands
 * still; all of them together have `timeoutMs` for that. No more of a stream than one piece is in memory.
 */
export class JobFiles {
  readonly #job: Job;
  readonly #clock: JobClock;
  readonly #over: AbortSignal;
  readonly #late = new AbortController();
  readonly #patience: PausableTimer;
  #diskLeft: number;

  /** @param over is aborted when nobody wants the files any more. */
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
   * The chunks of their archive.
   * @throws {HotcellError} `INVALID_REQUEST` where a stream fails, is late, or does not fit the disk, or bytes are gone.
   */
  async *pack(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* packFiles(this.#filesToPack());
    } finally {
      this.#patience.stop();
    }
  }

  /** One after the other, as they are packed: what is gone by then is found. */
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

/** The same bytes in pieces of one size, the last but for. They are copies: a source may use its buffer again. */
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
