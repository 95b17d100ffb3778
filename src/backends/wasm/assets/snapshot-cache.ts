import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, lutimes, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HostFile } from '../../../contract/spi/host-launcher.ts';
import { pruneSnapshots } from './snapshot-pruning.ts';

const hashBytes = 32;
/** What is read at one time. */
const chunkBytes = 1_048_576;

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

  /** Where the snapshot of this key lies, if there is one. */
  place(key: string): HostFile {
    return { path: join(this.#folder, `python-${key.slice(0, 32)}.snapshot`), from: hashBytes };
  }

  /**
   * Whether there is a snapshot that can be trusted: whole by its hash, and written by nobody but this user or root,
   * because what it holds runs in everybody's guests.
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

  /** Takes note that the snapshot is in use: nobody who puts one in place removes it for some time. Never rejects. */
  async use(key: string): Promise<void> {
    const now = new Date();
    await lutimes(this.place(key).path, now, now).catch(() => undefined);
  }

  /**
   * Puts a snapshot in place, whole or not at all, and removes those of versions that nobody uses any more. Where that
   * cannot be done there is none the next time, either.
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

/** Systems without user ids have folders of each user's own. */
function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  const own = process.getuid?.();
  return own === undefined || ((uid === own || uid === 0) && (mode & 0o022) === 0);
}

/** The key is part of it: a snapshot of something else by that name is none. */
async function hashOf(
  key: string,
  snapshot: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Buffer<ArrayBuffer>> {
  const hash = createHash('sha256').update(key);
  for await (const chunk of snapshot) hash.update(chunk);
  return hash.digest();
}

/** What lies behind the hash. */
async function* readChunks(file: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.alloc(chunkBytes);
  for (let at = hashBytes; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
