import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, SnapshotCache } from '../../../../../src/backends/isolate/kits/snapshot-cache.ts';

const key = 'a'.repeat(64);
const snapshot = Buffer.from('the memory of an interpreter');
let folder: string;
let cache: SnapshotCache;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'hotcell-cache-')), 'own');
  cache = new SnapshotCache(folder);
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

describe('the cache of snapshots', () => {
  test('gives back what was written, and keeps it to its user', async () => {
    await cache.write(key, snapshot);
    expect(await cache.check(key)).toBe(true);
    const { path, from } = cache.place(key);
    expect((await readFile(path)).subarray(from)).toEqual(snapshot);
    expect(await readdir(folder)).toEqual([`python-${key.slice(0, 32)}.snapshot`]);
    if (process.getuid) expect((await stat(cache.place(key).path)).mode & 0o777).toBe(0o600);
  });

  test('knows nothing of another key, also where a file is renamed to it', async () => {
    await cache.write(key, snapshot);
    const other = 'b'.repeat(64);
    expect(await cache.check(other)).toBe(false);
    await writeFile(cache.place(other).path, await readFile(cache.place(key).path), { mode: 0o600 });
    expect(await cache.check(other)).toBe(false);
  });

  test('refuses a snapshot that was changed or cut short', async () => {
    await cache.write(key, snapshot);
    const bytes = await readFile(cache.place(key).path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await writeFile(cache.place(key).path, bytes);
    expect(await cache.check(key)).toBe(false);
    await writeFile(cache.place(key).path, bytes.subarray(0, 20));
    expect(await cache.check(key)).toBe(false);
  });

  test.skipIf(!process.getuid)('refuses what others could have written', async () => {
    await cache.write(key, snapshot);
    await chmod(cache.place(key).path, 0o620);
    expect(await cache.check(key)).toBe(false);
    await chmod(cache.place(key).path, 0o600);
    await chmod(folder, 0o777);
    expect(await cache.check(key)).toBe(false);
    await chmod(folder, 0o700);
    expect(await cache.check(key)).toBe(true);
  });

  test('a folder that cannot be had is no error', async () => {
    await writeFile(join(folder, '..', 'file'), '');
    const none = new SnapshotCache(join(folder, '..', 'file', 'below'));
    await none.write(key, snapshot);
    expect(await none.check(key)).toBe(false);
    await symlink('/nowhere/at/all', folder);
    await cache.write(key, snapshot);
    expect(await cache.check(key)).toBe(false);
  });

  test('lies where each system keeps what can be made again', () => {
    const home = '/home/ada';
    expect(cacheFolder({ environment: {}, platform: 'linux', home })).toBe('/home/ada/.cache/hotcell');
    expect(cacheFolder({ environment: { XDG_CACHE_HOME: '/x' }, platform: 'linux', home })).toBe('/x/hotcell');
    expect(cacheFolder({ environment: {}, platform: 'darwin', home })).toBe('/home/ada/Library/Caches/hotcell');
    const windows = cacheFolder({ environment: { LOCALAPPDATA: '/l' }, platform: 'win32', home });
    expect(windows).toBe(join('/l', 'hotcell', 'Cache'));
  });
});
