import { createHash } from 'node:crypto';
import { extract, type Header } from 'tar-stream';
import { ProtocolError } from '../cells/frame-codec.ts';
import type { Limits } from '../contract/limits.ts';
import { workspacePathSchema } from '../contract/request.ts';
import type { Artifact } from '../contract/result.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { UniqueNames } from '../redaction/unique-names.ts';
import { mediaTypeOf } from '../support/media-type.ts';

/** What was in the archive of a job's artifacts. */
export interface CollectedArtifacts {
  readonly artifacts: readonly Artifact[];
  /** Entries left out: see {@link readArtifacts}. */
  readonly dropped: number;
}

/** The most artifacts of one job; runners stop there, too. */
export const artifactsMax = 1_000;
/** An archive with more entries than this, of any kind, was not written by a runner of ours. */
const entriesMax = 4 * artifactsMax;
const mebibyte = 1_048_576;
/** What a decoder writes where bytes are not UTF-8. */
const replacementCharacter = '\ufffd';

/**
 * Reads the archive that a cell sent. Nothing of it is trusted, and nothing is ever written to a disk. Left out are, and
 * counted: all that is not a regular file (links, devices, fifos, sparse files), names that are no path under /workspace
 * (see `workspacePathSchema`) or not UTF-8, a second file of the same name, and what exceeds `fileMb`, `diskMb` in all or
 * {@link artifactsMax}. Folders are passed over. Names and contents are redacted; size and hash are those of the
 * redacted content.
 * @throws {ProtocolError} where the bytes are no tar archive, end too early or hold absurdly many entries.
 */
export async function readArtifacts(
  chunks: readonly Uint8Array[],
  limits: Limits,
  redactor: Redactor,
): Promise<CollectedArtifacts> {
  const archive = extract();
  // What goes wrong reaches the loop below, too, but not where it ends before.
  archive.on('error', () => {});
  for (const chunk of chunks) archive.write(chunk);
  archive.end(null);

  const files = new Map<string, Buffer>();
  let bytesLeft = limits.diskMb * mebibyte;
  let entries = 0;
  let dropped = 0;
  try {
    for await (const entry of archive) {
      entries += 1;
      if (entries > entriesMax) throw new ProtocolError(`The archive has more than ${entriesMax} entries.`);
      const { name, size, type } = entry.header;
      // tar-stream lets such a size through, and then waits for bytes for ever.
      if (!Number.isSafeInteger(size)) throw new ProtocolError('An entry of the archive has no size.');
      const wanted =
        isPlainFile(entry.header) &&
        isSafePath(name) &&
        !files.has(name) &&
        files.size < artifactsMax &&
        size <= Math.min(bytesLeft, limits.fileMb * mebibyte);
      if (wanted) {
        files.set(name, await contentOf(entry));
        bytesLeft -= size;
      } else {
        if (type !== 'directory') dropped += 1;
        entry.resume();
      }
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError(error instanceof Error ? error.message : String(error), { cause: error });
  }

  const names = new UniqueNames([]);
  const artifacts = [...files].map(([path, content]) =>
    describe(names.take(redactor.text('artifact-path', path)), redactor.bytes('artifact', content)),
  );
  return { artifacts, dropped };
}

function describe(path: string, content: Uint8Array): Artifact {
  return {
    path,
    mediaType: mediaTypeOf(path, content),
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    content,
  };
}

/** A regular file in one piece; sparse ones name themselves in pax records, the older kind has a type of its own. */
function isPlainFile({ type, pax }: Header): boolean {
  return type === 'file' && !Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'));
}

function isSafePath(path: string): boolean {
  return !path.includes(replacementCharacter) && workspacePathSchema.safeParse(path).success;
}

async function contentOf(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of entry) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}
