import type { NodeErrors } from '../errors.ts';
import type { Kit } from '../kit.ts';
import type { FilePlaces } from './file-places.ts';
import type { Streams } from './streams.ts';

type Callback = (error: unknown, value?: unknown) => void;
type Options =
  | string
  | { encoding?: string | null; flag?: string; recursive?: boolean; force?: boolean; withFileTypes?: boolean }
  | null;

/** Makes `fs` and `fs.promises`: over the job's own files and no others. */
export function createFs({ bytes, files, given, load, timers, write }: Kit): object {
  const { fail, wrongType } = load('errors') as NodeErrors;
  const places = load('file-places') as FilePlaces;
  const { readable, writable } = load('streams') as Streams;
  const { place, refuse, isFolder, folders, entriesOf, statOf, constants } = places;
  interface NodeBuffer extends Uint8Array {
    toString(encoding?: string): string;
  }
  const { Buffer } = load('buffer') as { Buffer: { from(given: unknown, encoding?: unknown): NodeBuffer } };
  const encodingOf = (options: unknown): string | undefined =>
    typeof options === 'string'
      ? options
      : ((options as { encoding?: string } | null | undefined)?.encoding ?? undefined);
  const give = (content: Uint8Array, options: unknown): unknown => {
    const encoding = encodingOf(options);
    const buffer = Buffer.from(content.buffer, content.byteOffset as never);
    return encoding === undefined || encoding === 'buffer' ? buffer : buffer.toString(encoding);
  };
  const contentOf = (data: unknown, options: unknown): Uint8Array => {
    if (typeof data === 'string') return Buffer.from(data, encodingOf(options));
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    return wrongType('"data"', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  };

  const readFileSync = (path: unknown, options?: Options): unknown => {
    if (path === 0 || path === '/dev/stdin') return give(bytes.toUtf8(given().stdin), options);
    if (path === '/dev/null') return give(new Uint8Array(0), options);
    const name = place(path, 'open');
    if (isFolder(name)) return refuse('EISDIR', 'read', undefined);
    return give(files.size(name) === undefined ? refuse('ENOENT', 'open', path) : files.read(name), options);
  };
  const put = (path: unknown, data: unknown, options: unknown, appends: boolean): void => {
    const content = contentOf(data, options);
    if (path === 1 || path === 2 || path === '/dev/stdout' || path === '/dev/stderr') {
      write(path === 1 || path === '/dev/stdout' ? 'stdout' : 'stderr', bytes.fromUtf8(content));
      return;
    }
    if (path === '/dev/null') return;
    const name = place(path, 'open', true);
    if (isFolder(name)) refuse('EISDIR', 'open', path);
    const parent = name.slice(0, Math.max(name.lastIndexOf('/'), 0));
    if (files.size(parent) !== undefined) refuse('ENOTDIR', 'open', path);
    if (parent !== '' && !isFolder(parent)) refuse('ENOENT', 'open', path);
    if (appends && files.size(name) !== undefined) files.append(name, content);
    else files.write(name, content);
  };
  const flagOf = (options: unknown): string => (options as { flag?: string } | null | undefined)?.flag ?? '';
  const writeFileSync = (path: unknown, data: unknown, options?: Options): void => {
    if (flagOf(options).includes('x') && existsSync(path)) refuse('EEXIST', 'open', path);
    put(path, data, options, flagOf(options).startsWith('a'));
  };
  const appendFileSync = (path: unknown, data: unknown, options?: Options): void => put(path, data, options, true);
  const existsSync = (path: unknown): boolean => {
    try {
      const name = place(path, 'access');
      return isFolder(name) || files.size(name) !== undefined;
    } catch {
      return false;
    }
  };
  const statSync = (path: unknown, options?: { throwIfNoEntry?: boolean }): unknown => {
    try {
      return statOf(place(path, 'stat'), path);
    } catch (error) {
      if (options?.throwIfNoEntry === false && (error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const mkdirSync = (path: unknown, options?: unknown): unknown => {
    const name = place(path, 'mkdir', true);
    const isRecursive = Boolean((options as { recursive?: boolean } | undefined)?.recursive);
    if (files.size(name) !== undefined) return refuse('EEXIST', 'mkdir', path);
    if (isFolder(name)) return isRecursive ? undefined : refuse('EEXIST', 'mkdir', path);
    const parts = name.split('/');
    const missing = parts.map((_, index) => parts.slice(0, index + 1).join('/')).filter((each) => !isFolder(each));
    for (const each of missing) if (files.size(each) !== undefined) refuse('ENOTDIR', 'mkdir', path);
    if (missing.length > 1 && !isRecursive) return refuse('ENOENT', 'mkdir', path);
    for (const each of missing) folders.add(each);
    return isRecursive ? `/workspace/${missing[0]}` : undefined;
  };
  const unlinkSync = (path: unknown): void => {
    const name = place(path, 'unlink', true);
    if (isFolder(name)) refuse('EISDIR', 'unlink', path);
    if (files.size(name) === undefined) refuse('ENOENT', 'unlink', path);
    keepParent(name);
    files.remove(name);
  };
  /** A folder stays when its last file goes. */
  const keepParent = (name: string): void => {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) folders.add(name.slice(0, at));
  };
  const rmSync = (path: unknown, options: { recursive?: boolean; force?: boolean } = {}): void => {
    const name = place(path, 'rm', true);
    if (files.size(name) !== undefined) {
      unlinkSync(path);
      return;
    }
    if (!isFolder(name)) {
      if (options.force) return;
      refuse('ENOENT', 'rm', path);
    }
    if (!options.recursive)
      fail(Error, 'ERR_FS_EISDIR', `Path is a directory: rm returned EISDIR (is a directory) ${path}`);
    if (name === '') refuse('EBUSY', 'rm', path);
    keepParent(name);
    for (const each of files.list()) if (each.startsWith(`${name}/`)) files.remove(each);
    for (const each of [...folders]) if (each === name || each.startsWith(`${name}/`)) folders.delete(each);
  };
  const rmdirSync = (path: unknown, options?: { recursive?: boolean }): void => {
    const name = place(path, 'rmdir', true);
    if (files.size(name) !== undefined) refuse('ENOTDIR', 'rmdir', path);
    if (!isFolder(name)) refuse('ENOENT', 'rmdir', path);
    if (!options?.recursive && entriesOf(name).size > 0) refuse('ENOTEMPTY', 'rmdir', path);
    rmSync(path, { recursive: true });
  };
  const copyFileSync = (from: unknown, to: unknown): void => put(to, readFileSync(from), undefined, false);
  const renameSync = (from: unknown, to: unknown): void => {
    const name = place(from, 'rename', true);
    const target = place(to, 'rename', true);
    if (name === target) return;
    if (!isFolder(name)) {
      copyFileSync(from, to);
      unlinkSync(from);
      return;
    }
    if (isFolder(target) && entriesOf(target).size > 0) refuse('ENOTEMPTY', 'rename', from);
    if (target.startsWith(`${name}/`)) refuse('EINVAL', 'rename', from);
    folders.add(target);
    for (const each of files.list()) {
      if (!each.startsWith(`${name}/`)) continue;
      files.write(target + each.slice(name.length), files.read(each));
    }
    rmSync(from, { recursive: true });
  };
  const readdirSync = (path: unknown, options?: Options): unknown => {
    const name = place(path, 'scandir');
    if (files.size(name) !== undefined) return refuse('ENOTDIR', 'scandir', path);
    if (!isFolder(name)) return refuse('ENOENT', 'scandir', path);
    const settings = typeof options === 'object' && options !== null ? options : {};
    const list = (folder: string, prefix: string): (readonly [path: string, name: string, isFolder: boolean])[] =>
      [...entriesOf(folder)].flatMap(([entry, isDirectory]) => {
        const inner = folder === '' ? entry : `${folder}/${entry}`;
        const rest = settings.recursive && isDirectory ? list(inner, `${prefix}${entry}/`) : [];
        return [[`${prefix}${entry}`, entry, isDirectory] as const, ...rest];
      });
    const found = list(name, '');
    if (!settings.withFileTypes) return found.map(([entry]) => entry);
    return found.map(([whole, entry, isDirectory]) => {
      const before = whole.slice(0, Math.max(whole.length - entry.length - 1, 0));
      const parentPath = before === '' ? String(path) : `${path}/${before}`;
      return {
        name: entry,
        parentPath,
        path: parentPath,
        isFile: () => !isDirectory,
        isDirectory: () => isDirectory,
        isSymbolicLink: () => false,
      };
    });
  };
  const accessSync = (path: unknown): void => {
    if (!existsSync(path)) refuse('ENOENT', 'access', path);
  };
  const truncateSync = (path: unknown, length = 0): void => {
    const content = new Uint8Array(length);
    content.set((readFileSync(path) as Uint8Array).subarray(0, length));
    put(path, content, undefined, false);
  };
  const sync = {
    ...{ readFileSync, writeFileSync, appendFileSync, statSync, lstatSync: statSync, mkdirSync, unlinkSync, rmSync },
    ...{ rmdirSync, copyFileSync, renameSync, readdirSync, accessSync, truncateSync },
    cpSync(from: unknown, to: unknown, options?: { recursive?: boolean }): void {
      const name = place(from, 'cp');
      if (!isFolder(name)) {
        copyFileSync(from, to);
        return;
      }
      if (!options?.recursive)
        fail(Error, 'ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${from}`);
      const target = place(to, 'cp', true);
      folders.add(target);
      for (const each of files.list()) {
        if (each.startsWith(`${name}/`)) files.write(target + each.slice(name.length), files.read(each));
      }
    },
    realpathSync: (path: unknown) => {
      accessSync(path);
      const name = place(path, 'realpath');
      return name === '' ? '/workspace' : `/workspace/${name}`;
    },
    mkdtempSync(prefix: string): string {
      const path = `${prefix}${Math.random().toString(36).slice(2, 8).padEnd(6, '0')}`;
      mkdirSync(path);
      return path;
    },
    chmodSync: accessSync,
    utimesSync: accessSync,
  };
  const absent = (name: string) => () =>
    fail(
      Error,
      'ERR_FEATURE_UNAVAILABLE',
      `fs.${name} is not available here: read and write whole files, with readFileSync and writeFileSync.`,
    );
  const fs: Record<string, unknown> = {
    ...sync,
    existsSync,
    constants,
    F_OK: 0,
    R_OK: 4,
    W_OK: 2,
    X_OK: 1,
    exists: (path: unknown, callback: (exists: boolean) => void) =>
      timers.setImmediate(() => callback(existsSync(path))),
    writeSync(fd: unknown, data: unknown): number {
      if (fd !== 1 && fd !== 2) return absent('writeSync')();
      put(fd, data, undefined, false);
      return contentOf(data, undefined).length;
    },
    createReadStream: (path: unknown, options?: Options) => {
      const stream = readable(() => readFileSync(path) as Uint8Array, { path });
      const encoding = encodingOf(options);
      if (encoding !== undefined) (stream as { setEncoding(encoding: string): void }).setEncoding(encoding);
      return stream;
    },
    createWriteStream: (path: unknown, options?: Options & { flags?: string }) => {
      const appends = (options as { flags?: string } | undefined)?.flags?.startsWith('a') ?? false;
      if (!appends) put(path, '', undefined, false);
      return writable((chunk) => put(path, chunk, undefined, true), { path });
    },
  };
  for (const name of [
    'openSync',
    'readSync',
    'closeSync',
    'open',
    'read',
    'close',
    'watch',
    'watchFile',
    'symlinkSync',
    'linkSync',
    'opendirSync',
    'symlink',
    'link',
    'opendir',
  ]) {
    fs[name] = absent(name);
  }
  const promises: Record<string, unknown> = { constants };
  for (const [syncName, act] of Object.entries(sync) as [string, (...values: unknown[]) => unknown][]) {
    const name = syncName.slice(0, -'Sync'.length);
    promises[name] = async (...values: unknown[]) => act(...values);
    fs[name] = (...values: unknown[]) => {
      const done = values.pop() as Callback;
      if (typeof done !== 'function') wrongType('"cb"', 'of type function', done);
      let failed: readonly [unknown] | undefined;
      let value: unknown;
      try {
        value = act(...values);
      } catch (error) {
        failed = [error];
      }
      timers.setImmediate(() => (failed ? done(failed[0]) : done(null, value)));
    };
  }
  for (const name of ['open', 'watch', 'opendir', 'symlink', 'link'])
    promises[name] = async () => absent(`promises.${name}`)();
  fs.promises = promises;
  return fs;
}
