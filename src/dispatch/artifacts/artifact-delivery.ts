import { createHash } from 'node:crypto';
import type { ArtifactSink } from '../../contract/api/artifact-sink.ts';
import type { Artifact, DeliveredArtifact } from '../../contract/api/result.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { ByteStream } from '../../redaction/streams/byte-stream.ts';
import { awaitCallerPromise, isInstance } from '../../support/caller-values.ts';
import { mediaTypeOf } from '../../support/media-type.ts';
import { whenAborted } from '../../support/when-aborted.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { discardTarget, openTarget } from './artifact-target.ts';

/** The sink did not take an artifact; the message says why. */
export class SinkError extends Error {
  override readonly name = 'SinkError';
  /** Whether the sink gets no more artifacts, because it hangs or the call was cancelled. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** Settings of a delivery. */
export interface DeliveryOptions {
  readonly sink: ArtifactSink;
  /** How long the sink may take for each of its steps, in milliseconds. */
  readonly patienceMs: number;
  /** Ends the delivery. */
  readonly signal: AbortSignal | undefined;
}

/** Delivers one artifact to the sink: redacts, counts and hashes it on the way. */
export class ArtifactDelivery {
  readonly #entry: ArchiveEntry;
  readonly #redactor: ByteStream;
  readonly #options: DeliveryOptions;
  readonly #hash = createHash('sha256');
  readonly #abort = new AbortController();
  #patience: NodeJS.Timeout | undefined;
  #bytes = 0;
  /** Set if the source of the content failed, not the sink. */
  #sourceError: { readonly error: unknown } | undefined;

  constructor(entry: ArchiveEntry, redactor: ByteStream, options: DeliveryOptions) {
    this.#entry = entry;
    this.#redactor = redactor;
    this.#options = options;
  }

  /**
   * Delivers the artifact. `path` is redacted; `bytes` is its size in the cell. An artifact that the sink declines is
   * returned with its content.
   * @throws {SinkError} if the sink fails or hangs, or `signal` is aborted; else the error of the entry.
   */
  async run(path: string, bytes: number): Promise<DeliveredArtifact | Artifact> {
    const { sink, signal } = this.#options;
    using _ = whenAborted(signal, () => this.#abort.abort(new SinkError('The call was cancelled.', true)));
    try {
      const pieces = this.#pieces();
      const first = await pieces.next();
      const begin = first.value ?? Buffer.alloc(0);
      const mediaType = mediaTypeOf(path, begin, this.#redactor.isText);
      const target: unknown = await this.#within(() => sink({ path, mediaType, bytes }), discardLate);
      const content = target === undefined ? await collect(begin, pieces) : undefined;
      if (target !== undefined) await this.#pipe(begin, pieces, target);
      return {
        path,
        mediaType: mediaTypeOf(path, begin, this.#redactor.isText),
        bytes: this.#bytes,
        sha256: this.#hash.digest('hex'),
        ...(content && { content }),
      };
    } catch (error) {
      if (this.#sourceError) throw this.#sourceError.error;
      const { reason } = this.#abort.signal;
      if (reason instanceof SinkError) throw reason;
      throw new SinkError(`The sink failed: ${textOfThrown(error)}`, false);
    } finally {
      clearTimeout(this.#patience);
    }
  }

  /** The redacted content; empty pieces are left out. */
  async *#pieces(): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        const { done, value } = await this.#entry.next();
        const clean = done ? this.#redactor.end() : this.#redactor.push(value);
        this.#hash.update(clean);
        this.#bytes += clean.length;
        if (clean.length > 0) yield clean;
        if (done) return;
      }
    } catch (error) {
      this.#sourceError = { error };
      throw error;
    }
  }

  async #pipe(begin: Buffer, rest: AsyncIterable<Buffer>, sinkAnswer: unknown): Promise<void> {
    const target = openTarget(sinkAnswer);
    try {
      if (begin.length > 0) await this.#within(() => target.write(begin));
      for await (const piece of rest) await this.#within(() => target.write(piece));
      await this.#within(() => target.end());
    } catch (error) {
      target.destroy(isInstance(error, Error) ? error : new Error('The artifact was cut short.'));
      throw error;
    }
  }

  /** Waits for the sink, at most `patienceMs`. */
  async #within<T>(step: () => T | PromiseLike<T>, late?: (value: T) => void): Promise<T> {
    this.#wait();
    const value = await awaitCallerPromise(step, this.#abort.signal, late);
    clearTimeout(this.#patience);
    return value;
  }

  #wait(): void {
    const { patienceMs } = this.#options;
    const message = `The sink did nothing for limits.timeoutMs = ${patienceMs} ms.`;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#abort.abort(new SinkError(message, true)), patienceMs);
  }
}

async function collect(begin: Buffer, rest: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts = [begin];
  for await (const part of rest) parts.push(part);
  return Buffer.concat(parts);
}

function discardLate(answer: unknown): void {
  if (answer !== undefined) discardTarget(answer, new Error('The sink answered too late.'));
}
