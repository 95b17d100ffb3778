import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of snapshots, and of drafts of them. Nothing else in the folder is touched. */
const snapshotName: RegExp = /^python-[0-9a-f]{32}\.snapshot$/u;
const draftName = /^\.[0-9a-f]{16}$/u;

const dayMs = 86_400_000;
/** So many are kept, those used last. Each has some 30 MB, and projects of one user may have versions of their own. */
const keptMax = 4;
/** After this long without use one goes in any case. */
const unusedMaxMs = 30 * dayMs;
/** What was used or written within this time may be in use, whatever else holds. */
const inUseMs = dayMs;

interface Found {
  readonly path: string;
  readonly unusedMs: number;
}

/**
 * Removes snapshots of versions that nobody uses any more, and drafts that nobody finished. A file's time of change is that
 * of its last use (`SnapshotCache.use`). One that a process still wants after all that time, it makes anew. Links are
 * neither followed nor removed. Never rejects.
 * @param isOurs Whether what is at a place was put there by this user.
 */
export async function pruneSnapshots(folder: string, isOurs: (status: Stats) => boolean): Promise<void> {
  try {
    const place = await lstat(folder);
    if (!place.isDirectory() || !isOurs(place)) return;
    const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
    const snapshots = await lookAt(folder, entries, snapshotName);
    const drafts = await lookAt(folder, entries, draftName);
    const surplus = snapshots.sort((one, other) => one.unusedMs - other.unusedMs).slice(keptMax);
    const old = snapshots.filter(({ unusedMs }) => unusedMs > unusedMaxMs);
    for (const { path } of new Set([...surplus, ...old, ...drafts].filter(({ unusedMs }) => unusedMs > inUseMs))) {
      await unlink(path).catch(() => undefined);
    }
  } catch {
    // What cannot be looked at stays.
  }
}

async function lookAt(folder: string, entries: readonly Dirent[], name: RegExp): Promise<Found[]> {
  const nowMs = Date.now();
  const found: Found[] = [];
  for (const entry of entries) {
    if (!name.test(entry.name)) continue;
    const path = join(folder, entry.name);
    const status = await lstat(path).catch(() => undefined);
    if (status?.isFile()) found.push({ path, unusedMs: nowMs - status.mtimeMs });
  }
  return found;
}
