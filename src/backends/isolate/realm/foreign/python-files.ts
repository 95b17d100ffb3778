import type { ForeignRealm } from './foreign.ts';

interface Node {
  usedBytes: number;
  readonly contents: unknown;
}

type Write = (
  stream: { node: Node },
  bytes: Uint8Array,
  offset: number,
  length: number,
  at: number,
  own: boolean,
) => number;

/** What is used of Emscripten's files in memory. */
export interface PythonFiles {
  readonly ErrnoError: new (errno: number) => Error;
  readonly filesystems: {
    readonly MEMFS: {
      readonly ops_table: {
        readonly file: {
          readonly stream: { write: Write };
          readonly node: { setattr: (node: Node, change: { readonly size?: number }) => void };
        };
      };
    };
  };
  mkdirTree(path: string): void;
  writeFile(path: string, content: Uint8Array | string): void;
  readFile(path: string): Uint8Array;
  readdir(path: string): string[];
  lstat(path: string): { readonly mode: number; readonly size: number };
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
}

/** What is done with the files of a Python guest from outside. */
export interface FileCare {
  /** Holds all that is written from now on to `diskMb`. */
  watch(files: PythonFiles, diskMb: number): void;
  /** Hands over what the job collects of /workspace. */
  handOver(files: PythonFiles, realm: Pick<ForeignRealm, 'collected' | 'handOver'>): void;
}

/** The functions, which take with them what the guest might change later. */
export function createPythonFiles(): FileCare {
  const folder = '/workspace';
  const mebibyte = 1_048_576;
  /** All regular files below a folder; what cannot be looked at is passed over. */
  const walk = (files: PythonFiles, path: string, visit: (path: string, size: number) => void): void => {
    const attempt = <Value>(look: () => Value): Value | undefined => {
      try {
        return look();
      } catch {
        return undefined;
      }
    };
    for (const name of attempt(() => files.readdir(path === '' ? '/' : path)) ?? []) {
      if (name === '.' || name === '..') continue;
      const full = `${path}/${name}`;
      const status = attempt(() => files.lstat(full));
      if (!status || full === '/proc') continue;
      if (files.isDir(status.mode)) walk(files, full, visit);
      else if (files.isFile(status.mode)) visit(full, status.size);
    }
  };
  /** Holds files to the limits. What is given back by removing files is found out when it matters. */
  const watch = (files: PythonFiles, diskMb: number): void => {
    const { stream, node } = files.filesystems.MEMFS.ops_table.file;
    /** Emscripten's number for ENOSPC. */
    const noSpace = 51;
    const countAll = (): number => {
      let sum = 0;
      walk(files, '', (_path, size) => (sum += size));
      return sum;
    };
    // What is there before the job's files come is the interpreter's.
    const own = countAll();
    let bytes = 0;
    const count = (): number => {
      bytes = countAll() - own;
      return bytes;
    };
    const grow = (target: Node, size: number): void => {
      if (size <= target.usedBytes) return;
      if (size > diskMb * mebibyte) throw new files.ErrnoError(noSpace);
      const growth = size - target.usedBytes;
      if (bytes + growth > diskMb * mebibyte && count() + growth > diskMb * mebibyte)
        throw new files.ErrnoError(noSpace);
      bytes += growth;
    };
    const { write: writeFile } = stream;
    const { setattr } = node;
    stream.write = (target, chunk, offset, length, at, own) => {
      grow(target.node, at + length);
      return writeFile(target, chunk, offset, length, at, own);
    };
    node.setattr = (target, change) => {
      if (change.size !== undefined) grow(target, change.size);
      setattr(target, change);
    };
  };
  const handOver = (files: PythonFiles, realm: Pick<ForeignRealm, 'collected' | 'handOver'>): void => {
    const paths: string[] = [];
    walk(files, folder, (path) => paths.push(path.slice(folder.length + 1)));
    for (const path of realm.collected(paths)) {
      try {
        realm.handOver(path, files.readFile(`${folder}/${path}`));
      } catch {
        // What cannot be read is not collected.
      }
    }
  };
  return { watch, handOver };
}
