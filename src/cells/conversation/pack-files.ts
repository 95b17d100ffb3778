import { pack } from 'tar-stream';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import { continuesRecord } from '../protocol/frame-codec.ts';

/** One file to pack. Streams should come in pieces of about 64 KiB, since each piece has a header. */
export interface FileToPack {
  readonly path: string;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * The chunks of a tar archive of `files`: the same bytes for the same pieces. Folders have no entries; readers create
 * them.
 */
export async function* packFiles(files: Iterable<FileToPack>): AsyncIterable<Uint8Array> {
  const archive = pack();
  const add = (name: string, piece: Uint8Array, continues: boolean): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const header = { name, mode: 0o644, mtime: new Date(0), ...(continues && { pax: { [continuesRecord]: '1' } }) };
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    archive.entry(header, bytes, (error) => (error ? reject(error) : resolve()));
    return promise;
  };
  const addAll = async (): Promise<void> => {
    for (const { path, content } of files) {
      if (content instanceof Uint8Array) {
        await add(path, content, false);
        continue;
      }
      let isFirst = true;
      for await (const piece of content) {
        await add(path, piece, !isFirst);
        isFirst = false;
      }
      if (isFirst) await add(path, new Uint8Array(), false);
    }
    archive.finalize();
  };
  addAll().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(textOfThrown(error))));
  // An empty chunk, which empty files give, would be the end of them all.
  for await (const chunk of archive as AsyncIterable<Uint8Array>) if (chunk.length > 0) yield chunk;
}
