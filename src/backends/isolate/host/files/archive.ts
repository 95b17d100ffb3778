import { continuesRecord } from '../../../../cells/protocol/frame-codec.ts';
import { loadTar } from '../process/libraries.ts';
import { createMatcher, isAskedForAsFolder } from './glob.ts';
import type { Workspace } from './workspace.ts';

/**
 * Puts the files of a tar archive into the workspace.
 * @throws {WorkspaceError} if they do not fit.
 */
export async function unpack(chunks: readonly Uint8Array[], workspace: Workspace): Promise<void> {
  const { extract } = await loadTar();
  const archive = extract();
  // Not joined, which would copy all files once more.
  for (const chunk of chunks) archive.write(chunk);
  archive.end(null);
  let parts: Uint8Array[] = [];
  let path: string | undefined;
  const add = (): void => {
    if (path !== undefined) workspace.add(path, Buffer.concat(parts));
  };
  for await (const entry of archive) {
    const { name, type, pax } = entry.header;
    const continues = Object.hasOwn(pax ?? {}, continuesRecord);
    if (!continues) {
      add();
      parts = [];
      path = type === 'file' ? name : undefined;
    }
    for await (const part of entry as AsyncIterable<Uint8Array>) parts.push(part);
  }
  add();
}

/** Most artifacts of one job. The engine accepts no more, and takes an archive with many more for a violation. */
const artifactsMax = 1_000;
/** Size of the pieces of a file, in bytes. */
const pieceBytes = 65_536;

/** The new files that `collect` matches, by path, and the number left out above the engine's maximum. */
export function chooseArtifacts(
  workspace: Workspace,
  collect: readonly string[],
  isNew: (path: string, content: Uint8Array) => boolean = () => true,
): { readonly files: readonly (readonly [path: string, content: Uint8Array])[]; readonly dropped: number } {
  if (workspace.isEmpty) return { files: [], dropped: 0 };
  const matches = createMatcher(collect);
  const matching = workspace.entries.filter(([path, content]) => matches(path) && isNew(path, content));
  const files = matching.slice(0, artifactsMax);
  const inTheWay = workspace.entries.filter((file) => isAskedForAsFolder(file[0], collect) && isNew(...file));
  return { files, dropped: matching.length - files.length + inTheWay.length };
}

/** A tar archive in pieces, which are made on demand. */
export async function* packArtifacts(
  files: readonly (readonly [path: string, content: Uint8Array])[],
): AsyncGenerator<Uint8Array> {
  const { pack } = await loadTar();
  const archive = pack();
  const addAll = async (): Promise<void> => {
    for (const [name, content] of files) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const entry = archive.entry({ name, mode: 0o644, mtime: new Date(0), size: content.length }, () => resolve());
      for (let at = 0; at < content.length; at += pieceBytes) entry.write(content.subarray(at, at + pieceBytes));
      entry.end(null);
      await promise;
    }
    archive.finalize();
  };
  void addAll();
  yield* archive as AsyncIterable<Uint8Array>;
}
