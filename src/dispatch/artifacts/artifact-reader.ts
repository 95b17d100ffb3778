import { createHash } from 'node:crypto';
import { type Extract, extract, type Header } from 'tar-stream';
import { workspacePathSchema } from '../../contract/api/request.ts';
import type { Artifact, DeliveredArtifact, LostArtifact } from '../../contract/api/result.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { UniqueNames } from '../../redaction/unique-names.ts';
import { mediaTypeOf } from '../../support/media-type.ts';
import { ArchiveEntry, type Entry } from './archive-entry.ts';
import { ArtifactDelivery, SinkError } from './artifact-delivery.ts';

/** What was in the archive of a job's artifacts. */
export interface CollectedArtifacts {
  readonly artifacts: readonly Artifact[];
  /** Those that the sink took. */
  readonly delivered: readonly DeliveredArtifact[];
  /** Entries left out: see {@link ArtifactReader}. */
  readonly dropped: number;
  /** Those that the sink did not take. */
  readonly lost: readonly LostArtifact[];
  /** Why the archive was not read to its end, where that is the cell's doing. */
  readonly violation: string | undefined;
}

/** The most artifacts of one job; runners stop there, too. */
export const artifactsMax = 1_000;
/** An archive with more entries than this, of any kind, was not written by a runner of ours. */
const entriesMax = 4 * artifactsMax;
const mebibyte = 1_048_576;
/** What a decoder writes where bytes are not UTF-8. */
const replacementCharacter = '\ufffd';

/**
 * Reads the archive that a cell sends, as it comes. Nothing of it is trusted, and nothing is ever written to a disk. Left
 * out are, and counted: all that is not a regular file (links, devices, fifos, sparse files), names that are no path under
 * /workspace (see `workspacePathSchema`) or not UTF-8, a second file of the same name, and what exceeds `fileMb`, `diskMb`
 * in all or {@link artifactsMax}. Folders are passed over. Names and contents are redacted; size and hash are those of
 * the redacted content. With a sink, no more than a few chunks are in memory; without one, `diskMb` bounds them.
 */
export class ArtifactReader {
  readonly #job: Pick<Job, 'limits' | 'artifactSink' | 'signal'>;
  readonly #redactor: Redactor;
  readonly #names = new UniqueNames([], { areFiles: true });
  readonly #paths = new Set<string>();
  readonly #artifacts: Artifact[] = [];
  readonly #delivered: DeliveredArtifact[] = [];
  readonly #lost: LostArtifact[] = [];
  #bytesLeft: number;
  #dropped = 0;
  /** Why the sink is asked no more. */
  #sinkIsOver: string | undefined;
  #reading: Promise<string | undefined> = Promise.resolve(undefined);

  constructor(job: Pick<Job, 'limits' | 'artifactSink' | 'signal'>, redactor: Redactor) {
    this.#job = job;
    this.#redactor = redactor;
    this.#bytesLeft = job.limits.diskMb * mebibyte;
  }

  /** Begins to read an archive. Called once at most. */
  read(chunks: AsyncIterable<Uint8Array>): void {
    this.#reading = this.#readAll(chunks);
  }

  /** Waits until the archive was read and the sink is done. */
  async finish(): Promise<CollectedArtifacts> {
    const violation = await this.#reading;
    const [artifacts, delivered, lost] = [this.#artifacts, this.#delivered, this.#lost];
    return { artifacts, delivered, dropped: this.#dropped, lost, violation };
  }

  async #readAll(chunks: AsyncIterable<Uint8Array>): Promise<string | undefined> {
    const archive = extract();
    // What goes wrong reaches the loop below, too, but not where it ends before.
    archive.on('error', () => {});
    const feeding = feed(archive, chunks);
    let entries = 0;
    let violation: string | undefined;
    try {
      for await (const entry of archive) {
        entries += 1;
        if (entries > entriesMax) throw new Error(`The archive has more than ${entriesMax} entries.`);
        // tar-stream lets such a size through, and then waits for bytes for ever.
        if (!Number.isSafeInteger(entry.header.size)) throw new Error('An entry of the archive has no size.');
        await this.#readEntry(entry);
      }
    } catch (error) {
      violation = error instanceof Error ? error.message : String(error);
    }
    await feeding;
    return violation;
  }

  async #readEntry(entry: Entry): Promise<void> {
    const { header } = entry;
    if (!this.#isWanted(header)) {
      if (header.type !== 'directory') this.#dropped += 1;
      entry.resume();
      return;
    }
    this.#paths.add(header.name);
    this.#bytesLeft -= header.size;
    const path = this.#names.take(this.#redactor.text('artifact-path', header.name));
    if (this.#job.artifactSink) await this.#deliver(path, entry);
    else this.#artifacts.push(await this.#keep(path, entry));
  }

  #isWanted(header: Header): boolean {
    const { name, size } = header;
    return (
      isPlainFile(header) &&
      isSafePath(name) &&
      !this.#paths.has(name) &&
      this.#paths.size < artifactsMax &&
      size <= Math.min(this.#bytesLeft, this.#job.limits.fileMb * mebibyte)
    );
  }

  async #keep(path: string, entry: Entry): Promise<Artifact> {
    const parts: Uint8Array[] = [];
    for await (const part of entry) parts.push(part as Uint8Array);
    const content = this.#redactor.bytes('artifact', Buffer.concat(parts));
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { path, mediaType: mediaTypeOf(path, content), bytes: content.length, sha256, content };
  }

  async #deliver(path: string, entry: Entry): Promise<void> {
    const { artifactSink: sink, limits, signal } = this.#job;
    const content = new ArchiveEntry(entry);
    try {
      if (this.#sinkIsOver !== undefined || !sink) throw new SinkError(this.#sinkIsOver ?? '', true);
      const options = { sink, patienceMs: limits.timeoutMs, signal };
      const delivery = new ArtifactDelivery(content, this.#redactor.byteStream('artifact'), options);
      const delivered = await delivery.run(path, entry.header.size);
      if ('content' in delivered) this.#artifacts.push(delivered);
      else this.#delivered.push(delivered);
    } catch (error) {
      const isSink = error instanceof SinkError;
      this.#lost.push({ path, reason: isSink ? this.#redactor.text('error', error.message) : cutShort });
      if (!isSink) throw error;
      if (error.isFinal) this.#sinkIsOver = error.message;
      await content.skip();
    }
  }
}

const cutShort = 'The cell did not send all of it.';

/** Feeds an archive as fast as it is read. Once it failed, the rest is read all the same: the cell waits for that. */
async function feed(archive: Extract, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) if (!archive.destroyed && !archive.write(chunk)) await drained(archive);
  if (!archive.destroyed) archive.end(null);
}

/** Settles when the archive takes more, or never will. */
function drained(archive: Extract): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const settle = (): void => {
    archive.off('drain', settle);
    archive.off('close', settle);
    resolve();
  };
  archive.on('drain', settle);
  archive.on('close', settle);
  return promise;
}

/** A regular file in one piece; sparse ones name themselves in pax records, the older kind has a type of its own. */
function isPlainFile({ type, pax }: Header): boolean {
  return type === 'file' && !Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'));
}

function isSafePath(path: string): boolean {
  return !path.includes(replacementCharacter) && workspacePathSchema.safeParse(path).success;
}
