import { pack } from 'tar-stream';
import type { JobFile } from '../contract/job.ts';

/** The chunks of a tar archive of `files`: the same bytes for the same files, folders left to be implied. */
export async function* packFiles(files: readonly JobFile[]): AsyncIterable<Uint8Array> {
  const archive = pack();
  for (const { path, content } of files) {
    archive.entry(
      { name: path, mode: 0o644, mtime: new Date(0) },
      Buffer.from(content.buffer, content.byteOffset, content.length),
    );
  }
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>;
}
