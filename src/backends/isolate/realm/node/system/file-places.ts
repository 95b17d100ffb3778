import type { NodeErrors } from '../errors.ts';
import type { Kit } from '../kit.ts';

/** Paths, folders and the errors of files, for `fs`. */
export interface FilePlaces {
  readonly constants: Readonly<Record<string, number>>;
  /** Folders that were made; those of files are there anyway. */
  readonly folders: Set<string>;
  /** A path relative to the workspace, '' for itself. Throws for those outside of it. */
  place(path: unknown, call: string, writes?: boolean): string;
  isFolder(name: string): boolean;
  /** What is in a folder: names in order, and whether each is a folder. */
  entriesOf(name: string): ReadonlyMap<string, boolean>;
  statOf(name: string, path: unknown): object;
  /** Throws as the system would. */
  refuse(code: keyof typeof sentences, call: string, path: unknown): never;
}

declare const sentences: Readonly<
  Record<
    'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EEXIST' | 'EACCES' | 'ENOTEMPTY' | 'EBUSY' | 'EINVAL',
    readonly [number, string]
  >
>;

/** Makes these functions. */
export function createFilePlaces({ files, load, startedAt }: Kit): FilePlaces {
  const { wrongType } = load('errors') as NodeErrors;
  const { resolve } = load('path') as { resolve(path: string): string };
  const { fileURLToPath } = load('url') as { fileURLToPath(url: URL): string };
  const sentences = {
    ENOENT: [-2, 'no such file or directory'],
    EISDIR: [-21, 'illegal operation on a directory'],
    ENOTDIR: [-20, 'not a directory'],
    EEXIST: [-17, 'file already exists'],
    EACCES: [-13, 'permission denied'],
    ENOTEMPTY: [-39, 'directory not empty'],
    EBUSY: [-16, 'resource busy or locked'],
    EINVAL: [-22, 'invalid argument'],
  } as const;
  const folders = new Set<string>(['output']);

  const refuse: FilePlaces['refuse'] = (code, call, path) => {
    const [errno, sentence] = sentences[code];
    const where = path === undefined ? '' : ` '${path}'`;
    const error = new Error(`${code}: ${sentence}, ${call}${where}${adviceFor(code, path)}`);
    Object.assign(error, { errno, code, syscall: call, ...(path !== undefined && { path }) });
    throw error;
  };
  /** What helps: which files there are, or where they may be written. */
  const adviceFor = (code: string, path: unknown): string => {
    if (code === 'EACCES') return ': files can be written under /workspace only';
    if (code !== 'ENOENT' || path === undefined) return '';
    const names = files.list();
    if (names.length === 0) return ' (the workspace has no files)';
    return ` (the workspace has ${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''})`;
  };
  const place: FilePlaces['place'] = (path, call, writes = false) => {
    const text =
      path instanceof URL ? fileURLToPath(path) : path instanceof Uint8Array ? String.fromCharCode(...path) : path;
    if (typeof text !== 'string') return wrongType('"path"', 'of type string or an instance of Buffer or URL', path);
    const whole = resolve(text);
    if (whole === '/workspace') return '';
    if (!whole.startsWith('/workspace/')) return refuse(writes ? 'EACCES' : 'ENOENT', call, path);
    return whole.slice('/workspace/'.length);
  };
  const isFolder = (name: string): boolean =>
    name === '' || folders.has(name) || files.list().some((each) => each.startsWith(`${name}/`));
  const entriesOf = (name: string): ReadonlyMap<string, boolean> => {
    const prefix = name === '' ? '' : `${name}/`;
    const found = new Map<string, boolean>();
    const add = (path: string, isItself: boolean): void => {
      if (!path.startsWith(prefix)) return;
      const rest = path.slice(prefix.length);
      const at = rest.indexOf('/');
      found.set(at < 0 ? rest : rest.slice(0, at), at >= 0 || isItself);
    };
    for (const each of files.list()) add(each, false);
    for (const each of folders) add(each, true);
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const statOf = (name: string, path: unknown): object => {
    const isDirectory = isFolder(name);
    const size = isDirectory ? 0 : files.size(name);
    if (size === undefined) return refuse('ENOENT', 'stat', path);
    const time = new Date(startedAt);
    return {
      ...{ dev: 0, ino: 0, nlink: 1, uid: 0, gid: 0, rdev: 0, blksize: 4_096, blocks: Math.ceil(size / 512), size },
      mode: isDirectory ? 0o40755 : 0o100644,
      ...{ atimeMs: startedAt, mtimeMs: startedAt, ctimeMs: startedAt, birthtimeMs: startedAt },
      ...{ atime: time, mtime: time, ctime: time, birthtime: time },
      isFile: () => !isDirectory,
      isDirectory: () => isDirectory,
      isSymbolicLink: () => false,
      isFIFO: () => false,
      isSocket: () => false,
      isBlockDevice: () => false,
      isCharacterDevice: () => false,
    };
  };
  return {
    constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, COPYFILE_EXCL: 1, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2 },
    ...{ folders, place, isFolder, entriesOf, statOf, refuse },
  };
}
