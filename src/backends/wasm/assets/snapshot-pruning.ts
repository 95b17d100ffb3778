import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of snapshots and of their drafts. No other file in the folder is touched. */
const snapshotName: RegExp = /^python-[0-9a-f]{32}\.snapshot$/u;
const draftName = /^\.[0-9a-f]{16}$/u;

const dayMs = 86_400_000;
/**
 * Number of most recently used snapshots that are kept. Each has about 30 MB, and a user's projects may have different
 * versions.
 */
const keptMax = 4;
/** A snapshot that was not used for this long is removed in any case. */
const unusedMaxMs = 30 * dayMs;
/** A file that was used or written within this time may be in use and is always kept. */
const inUseMs = dayMs;

interface Found {
  readonly path: string;
  readonly unusedMs: number;
}

/**
 * Removes snapshots of unused versions, and abandoned drafts. A file's modification time is that of its last use
 * (`SnapshotCache.use`). A process that still needs a removed one makes it again. Links are neither followed nor
 * removed. Never rejects.
 * @param isOurs Whether a file or folder was written by this user.
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
    // Anything that cannot be read stays.
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
