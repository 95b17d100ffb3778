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

/** The files that `collect` names, as chunks of a tar archive; none where there are no such files. */
export async function collectArtifacts(
  workspace: Workspace,
  collect: readonly string[],
): Promise<readonly Uint8Array[]> {
  const matches = createMatcher(collect);
  const entries = workspace.entries.filter(([path]) => matches(path));
  if (entries.length === 0) return [];
  const { pack } = await loadTar();
  const archive = pack();
  for (const [name, content] of entries) archive.entry({ name, mode: 0o644, mtime: new Date(0) }, Buffer.from(content));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return chunks;
}
