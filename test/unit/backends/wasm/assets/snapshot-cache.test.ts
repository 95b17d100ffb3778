import {
  chmod,
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, SnapshotCache } from '../../../../../src/backends/wasm/assets/snapshot-cache.ts';

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
  test('returns the written snapshot, readable for its user only', async () => {
    await cache.write(key, snapshot);
    expect(await cache.check(key)).toBe(true);
    const { path, from } = cache.place(key);
    expect((await readFile(path)).subarray(from)).toEqual(snapshot);
    expect(await readdir(folder)).toEqual([`python-${key.slice(0, 32)}.snapshot`]);
    if (process.getuid) expect((await stat(cache.place(key).path)).mode & 0o777).toBe(0o600);
  });

  test('has nothing for another key, even if a file is renamed to it', async () => {
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

  test.skipIf(!process.getuid)('refuses files that others could have written', async () => {
    await cache.write(key, snapshot);
    await chmod(cache.place(key).path, 0o620);
    expect(await cache.check(key)).toBe(false);
    await chmod(cache.place(key).path, 0o600);
    await chmod(folder, 0o777);
    expect(await cache.check(key)).toBe(false);
    await chmod(folder, 0o700);
    expect(await cache.check(key)).toBe(true);
  });

  test('a folder that cannot be made is not an error', async () => {
    await writeFile(join(folder, '..', 'file'), '');
    const none = new SnapshotCache(join(folder, '..', 'file', 'below'));
    await none.write(key, snapshot);
    expect(await none.check(key)).toBe(false);
    await symlink('/nowhere/at/all', folder);
    await cache.write(key, snapshot);
    expect(await cache.check(key)).toBe(false);
  });

  /** Puts a file into the folder whose last use was `days` days ago. */
  async function put(name: string, days: number, make = (path: string) => writeFile(path, 'old')): Promise<string> {
    const at = new Date(Date.now() - days * 86_400_000);
    await make(join(folder, name));
    await lutimes(join(folder, name), at, at);
    return name;
  }
  const named = (letter: string): string => `python-${letter.repeat(32)}.snapshot`;

  test('a new snapshot removes long unused ones, except for the four used last', async () => {
    await mkdir(folder, { mode: 0o700 });
    for (const [index, letter] of ['b', 'c', 'd', 'e', 'f'].entries()) await put(named(letter), 2 + index);
    await put(named('1'), 31);
    await put(`.${'0'.repeat(16)}`, 2);
    const draft = await put(`.${'1'.repeat(16)}`, 0);
    const others = [await put('python-notes.snapshot', 99), await put('.keep', 99)];
    await cache.write(key, snapshot);
    const left = [named('a'), named('b'), named('c'), named('d'), draft, ...others];
    expect((await readdir(folder)).sort()).toEqual(left.sort());
  });

  test('keeps all snapshots used within a day, by any process', async () => {
    await mkdir(folder, { mode: 0o700 });
    const letters = ['b', 'c', 'd', 'e', 'f', '1', '2'];
    for (const letter of letters) await put(named(letter), 0.9);
    const used = '3'.repeat(64);
    await put(named('3'), 400);
    await new SnapshotCache(folder).use(used);
    await cache.write(key, snapshot);
    expect((await readdir(folder)).sort()).toEqual([key[0] ?? '', '3', ...letters].map(named).sort());
  });

  test('neither follows a link nor leaves its folder', async () => {
    const outside = join(folder, '..', named('e'));
    await mkdir(folder, { mode: 0o700 });
    await writeFile(outside, 'another folder’s');
    await utimes(outside, 0, 0);
    await put(named('b'), 99, (path) => symlink(outside, path));
    await put(named('c'), 99, async (path) => void (await mkdir(path)));
    await cache.use('b'.repeat(64));
    expect((await stat(outside)).mtimeMs).toBe(0);
    await cache.write(key, snapshot);
    expect((await readdir(folder)).sort()).toEqual([named('a'), named('b'), named('c')]);
    expect(await readFile(outside, 'utf8')).toBe('another folder’s');
    expect((await lstat(join(folder, named('b')))).isSymbolicLink()).toBe(true);
    // The same through a folder that is a link: its snapshots are used, but nothing in it is removed.
    const linked = join(folder, '..', 'linked');
    await put(named('f'), 99);
    await symlink(folder, linked);
    await new SnapshotCache(linked).write(key, snapshot);
    expect(await readdir(folder)).toContain(named('f'));
  });

  test('is in the cache folder of each system', () => {
    const home = '/home/ada';
    expect(cacheFolder({ environment: {}, platform: 'linux', home })).toBe('/home/ada/.cache/hotcell');
    expect(cacheFolder({ environment: { XDG_CACHE_HOME: '/x' }, platform: 'linux', home })).toBe('/x/hotcell');
    expect(cacheFolder({ environment: {}, platform: 'darwin', home })).toBe('/home/ada/Library/Caches/hotcell');
    const windows = cacheFolder({ environment: { LOCALAPPDATA: '/l' }, platform: 'win32', home });
    expect(windows).toBe(join('/l', 'hotcell', 'Cache'));
  });
});
