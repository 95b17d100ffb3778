import { createHash } from 'node:crypto';
import { type Extract, extract, type Header } from 'tar-stream';
import { drained } from '../../cells/protocol/drained.ts';
import { workspacePathSchema } from '../../contract/api/request.ts';
import type { Artifact, DeliveredArtifact, LostArtifact } from '../../contract/api/result.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { UniqueNames } from '../../redaction/unique-names.ts';
import { mediaTypeOf } from '../../support/media-type.ts';
import { ArchiveEntry, type Entry } from './archive-entry.ts';
import { ArtifactDelivery, SinkError } from './artifact-delivery.ts';

/** The content of the archive of a job's artifacts. */
export interface CollectedArtifacts {
  readonly artifacts: readonly Artifact[];
  /** Artifacts that the sink took. */
  readonly delivered: readonly DeliveredArtifact[];
  /** Number of entries that were left out, see {@link ArtifactReader}. */
  readonly dropped: number;
  /** Artifacts that the sink did not take. */
  readonly lost: readonly LostArtifact[];
  /** Why the archive could not be read to the last byte, if the cell caused that. */
  readonly violation: string | undefined;
}

/** Most artifacts of one job; runners stop at this number too. */
export const artifactsMax = 1_000;
/** An archive with more entries than this, of any kind, does not come from hotcell's runner. */
const entriesMax = 4 * artifactsMax;
const mebibyte = 1_048_576;
/** Character that a decoder writes for bytes that are not UTF-8. */
const replacementCharacter = '\ufffd';

/**
 * Reads the archive that a cell sends, chunk by chunk. It trusts no part of it and writes nothing to a disk. It leaves
 * out and counts: entries that are not regular files (links, devices, fifos, sparse files), names that are not paths
 * under /workspace (see `workspacePathSchema`) or not UTF-8, a second file of the same name, and files above `fileMb`,
 * above `diskMb` in total or beyond {@link artifactsMax}. Folders are ignored. Names and contents are redacted; size
 * and hash are those of the redacted content. With a sink, only a few chunks are in memory; without one, at most
 * `diskMb`.
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
  /** Why the sink gets no more artifacts. */
  #sinkIsOver: string | undefined;
  #reading: Promise<string | undefined> = Promise.resolve(undefined);

  constructor(job: Pick<Job, 'limits' | 'artifactSink' | 'signal'>, redactor: Redactor) {
    this.#job = job;
    this.#redactor = redactor;
    this.#bytesLeft = job.limits.diskMb * mebibyte;
  }

  /** Starts to read an archive. Called at most once. */
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
    // Errors also reach the loop below, except if it has ended before.
    archive.on('error', () => {});
    const feeding = feed(archive, chunks);
    let entries = 0;
    let violation: string | undefined;
    try {
      for await (const entry of archive) {
        entries += 1;
        if (entries > entriesMax) throw new Error(`The archive has more than ${entriesMax} entries.`);
        // tar-stream accepts such a size, and then waits for bytes for ever.
        if (!Number.isSafeInteger(entry.header.size)) throw new Error('An entry of the archive has no size.');
        await this.#readEntry(entry);
      }
    } catch (error) {
      violation = textOfThrown(error);
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

/** Feeds the archive as fast as it is read. After a failure the rest is still read, because the cell waits for that. */
async function feed(archive: Extract, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) if (!archive.destroyed && !archive.write(chunk)) await drained(archive);
  if (!archive.destroyed) archive.end(null);
}

/** A regular file in one piece. Sparse files are marked in pax records; the older kind has its own type. */
function isPlainFile({ type, pax }: Header): boolean {
  return type === 'file' && !Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'));
}

function isSafePath(path: string): boolean {
  return !path.includes(replacementCharacter) && workspacePathSchema.safeParse(path).success;
}
