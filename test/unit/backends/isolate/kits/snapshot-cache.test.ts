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
    expect(Buffer.from((await cache.read(key)) ?? [])).toEqual(snapshot);
    expect(await readdir(folder)).toEqual([`python-${key.slice(0, 32)}.snapshot`]);
    if (process.getuid) expect((await stat(cache.path(key))).mode & 0o777).toBe(0o600);
  });

  test('knows nothing of another key, also where a file is renamed to it', async () => {
    await cache.write(key, snapshot);
    const other = 'b'.repeat(64);
    expect(await cache.read(other)).toBeUndefined();
    await writeFile(cache.path(other), await readFile(cache.path(key)), { mode: 0o600 });
    expect(await cache.read(other)).toBeUndefined();
  });

  test('refuses a snapshot that was changed or cut short', async () => {
    await cache.write(key, snapshot);
    const bytes = await readFile(cache.path(key));
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await writeFile(cache.path(key), bytes);
    expect(await cache.read(key)).toBeUndefined();
    await writeFile(cache.path(key), bytes.subarray(0, 20));
    expect(await cache.read(key)).toBeUndefined();
  });

  test.skipIf(!process.getuid)('refuses what others could have written', async () => {
    await cache.write(key, snapshot);
    await chmod(cache.path(key), 0o620);
    expect(await cache.read(key)).toBeUndefined();
    await chmod(cache.path(key), 0o600);
    await chmod(folder, 0o777);
    expect(await cache.read(key)).toBeUndefined();
    await chmod(folder, 0o700);
    expect(await cache.read(key)).toBeDefined();
  });

  test('a folder that cannot be had is no error', async () => {
    await writeFile(join(folder, '..', 'file'), '');
    const none = new SnapshotCache(join(folder, '..', 'file', 'below'));
    await none.write(key, snapshot);
    expect(await none.read(key)).toBeUndefined();
    await symlink('/nowhere/at/all', folder);
    await cache.write(key, snapshot);
    expect(await cache.read(key)).toBeUndefined();
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
