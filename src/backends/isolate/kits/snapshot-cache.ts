import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const hashBytes = 32;

/** What the place of the cache depends on. */
export interface CachePlace {
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Default: `process.platform`. */
  readonly platform?: NodeJS.Platform;
  /** Default: the user's home directory. */
  readonly home?: string;
}

/** The user's own folder for what can be made again, as each system has it. */
export function cacheFolder(place: CachePlace = {}): string {
  const { environment = process.env, platform = process.platform, home = homedir() } = place;
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'hotcell', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'hotcell');
  return join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'hotcell');
}

/** Keeps memory snapshots on disk, each under a key that stands for all that it is made of. */
export class SnapshotCache {
  readonly #folder: string;

  constructor(folder: string = cacheFolder()) {
    this.#folder = folder;
  }

  /** Where the snapshot of this key lies. */
  path(key: string): string {
    return join(this.#folder, `python-${key.slice(0, 32)}.snapshot`);
  }

  /**
   * The snapshot, if there is one that can be trusted: whole by its hash, and written by nobody but this user or root,
   * because what it holds runs in everybody's guests.
   */
  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      await using file = await open(this.path(key), 'r');
      if (!isOurs(await file.stat()) || !isOurs(await stat(this.#folder))) return undefined;
      const bytes = await file.readFile();
      const snapshot = bytes.subarray(hashBytes);
      return hashOf(key, snapshot).equals(bytes.subarray(0, hashBytes)) ? snapshot : undefined;
    } catch {
      return undefined;
    }
  }

  /** Puts a snapshot in place, whole or not at all. Where that cannot be done there is none the next time, either. */
  async write(key: string, snapshot: Uint8Array): Promise<void> {
    const draft = join(this.#folder, `.${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, Buffer.concat([hashOf(key, snapshot), snapshot]), { mode: 0o600, flag: 'wx' });
      await rename(draft, this.path(key));
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }
}

/** Systems without user ids have folders of each user's own. */
function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const own = process.getuid?.();
  return own === undefined || ((uid === own || uid === 0) && (mode & 0o022) === 0);
}

/** The key is part of it: a snapshot of something else by that name is none. */
function hashOf(key: string, snapshot: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(snapshot).digest();
}
