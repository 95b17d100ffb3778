import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, lutimes, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HostFile } from '../../../contract/spi/host-launcher.ts';
import { pruneSnapshots } from './snapshot-pruning.ts';

const hashBytes = 32;
/** Bytes per read. */
const chunkBytes = 1_048_576;

/** Settings that decide the cache folder. */
export interface CachePlace {
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Default: `process.platform`. */
  readonly platform?: NodeJS.Platform;
  /** Default: the user's home directory. */
  readonly home?: string;
}

/** The user's folder for caches, as each system defines it. */
export function cacheFolder(place: CachePlace = {}): string {
  const { environment = process.env, platform = process.platform, home = homedir() } = place;
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'hotcell', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'hotcell');
  return join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'hotcell');
}

/** Keeps memory snapshots on disk, each under a key made of all its inputs. */
export class SnapshotCache {
  readonly #folder: string;

  constructor(folder: string = cacheFolder()) {
    this.#folder = folder;
  }

  /** The place of the snapshot with this key, whether or not it exists. */
  place(key: string): HostFile {
    return { path: join(this.#folder, `python-${key.slice(0, 32)}.snapshot`), from: hashBytes };
  }

  /**
   * Whether there is a snapshot that can be trusted: complete according to its hash, and writable only by this user or
   * root, because its content runs in all guests.
   */
  async check(key: string): Promise<boolean> {
    try {
      await using file = await open(this.place(key).path, 'r');
      if (!isOurs(await file.stat()) || !isOurs(await stat(this.#folder))) return false;
      const { buffer: given } = await file.read(Buffer.alloc(hashBytes), 0, hashBytes, 0);
      return (await hashOf(key, readChunks(file))).equals(given);
    } catch {
      return false;
    }
  }

  /** Marks the snapshot as in use, so that pruning keeps it for some time. Never rejects. */
  async use(key: string): Promise<void> {
    const now = new Date();
    await lutimes(this.place(key).path, now, now).catch(() => undefined);
  }

  /**
   * Writes a snapshot completely or not at all, and removes snapshots of unused versions. If that fails, the next use
   * finds none.
   */
  async write(key: string, snapshot: Uint8Array): Promise<void> {
    const draft = join(this.#folder, `.${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, Buffer.concat([await hashOf(key, [snapshot]), snapshot]), { mode: 0o600, flag: 'wx' });
      await rename(draft, this.place(key).path);
      await pruneSnapshots(this.#folder, isOurs);
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }
}

/** On systems without user ids, each user has separate folders. */
function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const own = process.getuid?.();
  return own === undefined || ((uid === own || uid === 0) && (mode & 0o022) === 0);
}

/** Includes the key: a snapshot for another key under this name is not valid. */
async function hashOf(
  key: string,
  snapshot: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Buffer<ArrayBuffer>> {
  const hash = createHash('sha256').update(key);
  for await (const chunk of snapshot) hash.update(chunk);
  return hash.digest();
}

/** The content after the hash. */
async function* readChunks(file: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.alloc(chunkBytes);
  for (let at = hashBytes; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
