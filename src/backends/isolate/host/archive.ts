import { createMatcher } from './glob.ts';
import { loadTar } from './libraries.ts';
import type { Workspace } from './workspace.ts';

/**
 * Puts the files of a tar archive into the workspace.
 * @throws {WorkspaceError} where they do not fit.
 */
export async function unpack(chunks: readonly Uint8Array[], workspace: Workspace): Promise<void> {
  const { extract } = await loadTar();
  const archive = extract();
  archive.end(Buffer.concat(chunks));
  for await (const entry of archive) {
    const parts: Uint8Array[] = [];
    for await (const part of entry as AsyncIterable<Uint8Array>) parts.push(part);
    if (entry.header.type === 'file') workspace.add(entry.header.name, Buffer.concat(parts));
  }
}

/** The most artifacts of one job. The engine takes no more, and holds many more for a broken archive. */
const artifactsMax = 1_000;

/** What is collected of a workspace. */
export interface Collected {
  /** A tar archive in pieces; none where there are no files. */
  readonly chunks: readonly Uint8Array[];
  /** Files left out because there are more than the engine takes. */
  readonly dropped: number;
}

/** The files that `collect` names, in order of path, and of those the new ones. */
export async function collectArtifacts(
  workspace: Workspace,
  collect: readonly string[],
  isNew: (path: string, content: Uint8Array) => boolean = () => true,
): Promise<Collected> {
  const matches = createMatcher(collect);
  const matching = workspace.entries.filter(([path, content]) => matches(path) && isNew(path, content));
  if (matching.length === 0) return { chunks: [], dropped: 0 };
  const entries = matching.slice(0, artifactsMax);
  const { pack } = await loadTar();
  const archive = pack();
  for (const [name, content] of entries) archive.entry({ name, mode: 0o644, mtime: new Date(0) }, Buffer.from(content));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return { chunks, dropped: matching.length - entries.length };
}
