import type { WasmRealm } from '../wasm-realm.ts';

interface Node {
  usedBytes: number;
  readonly contents: unknown;
}

interface Status {
  readonly ino: number;
  readonly mode: number;
  readonly size: number;
  readonly mtime: Date;
}

type Write = (
  stream: { node: Node },
  bytes: Uint8Array,
  offset: number,
  length: number,
  at: number,
  own: boolean,
) => number;

/** The parts of Emscripten's in-memory files that are used. */
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
  writeFile(path: string, content: Uint8Array | string, options?: { readonly canOwn: boolean }): void;
  open(path: string, flags: string): unknown;
  read(stream: unknown, target: Uint8Array, offset: number, length: number, at: number): number;
  close(stream: unknown): void;
  readdir(path: string): string[];
  lstat(path: string): Status;
  lookupPath(path: string, options: { readonly follow: boolean }): { readonly node: Node };
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
}

/** Operations on the files of a Python guest from outside. */
export interface FileCare {
  /** Limits all further writes to `diskMb`, and notes the files that are written. */
  watch(files: PythonFiles, diskMb: number): void;
  /**
   * Writes a file under /workspace, without following links.
   * @throws {Error} if something other than a file or folder is in its way.
   */
  place(files: PythonFiles, path: string, content: Uint8Array): void;
  /**
   * Hands over what the job collects of /workspace; with `isNew` only what was written since that was done last. The file
   * in which the program finds its own `source` (`sandbox-images/python/program_file.py`) is nobody's artifact.
   */
  handOver(
    files: PythonFiles,
    realm: Pick<WasmRealm, 'collected' | 'handOver'>,
    isNew: boolean,
    source: string | undefined,
  ): void;
  /** Path and size of the files of /workspace that the job collects, in order of path. */
  list(
    files: PythonFiles,
    realm: Pick<WasmRealm, 'collected'>,
  ): readonly { readonly path: string; readonly bytes: number }[];
}

/** Makes the operations; they keep references to functions that the guest might replace later. */
export function createPythonFiles(): FileCare {
  const folder = '/workspace';
  const mebibyte = 1_048_576;
  const attempt = <Value>(look: () => Value): Value | undefined => {
    try {
      return look();
    } catch {
      return undefined;
    }
  };
  /** Visits all regular files below a folder; skips anything that cannot be read. */
  const walk = (files: PythonFiles, path: string, visit: (path: string, status: Status) => void): void => {
    for (const name of attempt(() => files.readdir(path === '' ? '/' : path)) ?? []) {
      if (name === '.' || name === '..') continue;
      const full = `${path}/${name}`;
      const status = attempt(() => files.lstat(full));
      if (!status || full === '/proc') continue;
      if (files.isDir(status.mode)) walk(files, full, visit);
      else if (files.isFile(status.mode)) visit(full, status);
    }
  };
  /** Files written since they were last handed over; writes through a memory map are noticed by the file's time. */
  const written = new WeakSet<Node>();
  /** Limits files. Space that removed files give back is counted only when it is needed. */
  const watch = (files: PythonFiles, diskMb: number): void => {
    const { stream, node } = files.filesystems.MEMFS.ops_table.file;
    /** Emscripten's number for ENOSPC. */
    const noSpace = 51;
    const countAll = (): number => {
      let sum = 0;
      walk(files, '', (_path, { size }) => (sum += size));
      return sum;
    };
    // Files that exist before the job's files belong to the interpreter.
    const own = countAll();
    let bytes = 0;
    const count = (): number => {
      bytes = countAll() - own;
      return bytes;
    };
    const grow = (target: Node, size: number): void => {
      written.add(target);
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
  /** Identity of each file when it was last handed over, by path. */
  const handedOver: Record<string, string> = { __proto__: null } as never;
  const isChanged = (files: PythonFiles, path: string, { ino, size, mtime }: Status): boolean => {
    const { node } = files.lookupPath(`${folder}/${path}`, { follow: false });
    const mark = `${ino} ${size} ${mtime.getTime()}`;
    const changed = written.has(node) || handedOver[path] !== mark;
    written.delete(node);
    handedOver[path] = mark;
    return changed;
  };
  const isSource = (files: PythonFiles, path: string, { size }: Status, source: string | undefined): boolean => {
    // No character takes more than three bytes for each of its units.
    if (source === undefined || size > source.length * 3) return false;
    const bytes = new Uint8Array(size);
    const stream = files.open(`${folder}/${path}`, 'r');
    try {
      files.read(stream, bytes, 0, size, 0);
    } finally {
      files.close(stream);
    }
    return new TextDecoder().decode(bytes) === source;
  };
  const collect = (
    files: PythonFiles,
    realm: Pick<WasmRealm, 'collected'>,
    take: (path: string, status: Status) => void,
  ): void => {
    const found: Record<string, Status> = { __proto__: null } as never;
    const paths: string[] = [];
    walk(files, folder, (full, status) => {
      const path = full.slice(folder.length + 1);
      paths.push(path);
      found[path] = status;
    });
    for (const path of realm.collected(paths)) take(path, found[path] as Status);
  };

  return {
    watch,
    place(files, path, content) {
      const parts = path.split('/');
      const name = parts.pop();
      let full = folder;
      for (const part of parts) {
        full += `/${part}`;
        const kind = attempt(() => files.lstat(full));
        if (!kind) files.mkdirTree(full);
        else if (!files.isDir(kind.mode)) throw new Error(`"${full}" exists and is not a folder.`);
      }
      full += `/${name}`;
      const kind = attempt(() => files.lstat(full));
      if (kind && !files.isFile(kind.mode)) throw new Error(`"${path}" exists and is not a file.`);
      // The file takes over the content itself: a copy would count, too.
      files.writeFile(full, content, { canOwn: true });
    },
    handOver(files, realm, isNew, source) {
      collect(files, realm, (path, status) => {
        if (isNew && attempt(() => isChanged(files, path, status)) === false) return;
        if (path === 'main.py' && attempt(() => isSource(files, path, status, source))) return;
        let piece = new Uint8Array(0);
        realm.handOver(path, status.size, (at, length) => {
          if (piece.length !== length) piece = new Uint8Array(length);
          const stream = files.open(`${folder}/${path}`, 'r');
          try {
            files.read(stream, piece, 0, length, at);
          } finally {
            files.close(stream);
          }
          return piece;
        });
      });
    },
    list(files, realm) {
      const all: { readonly path: string; readonly bytes: number }[] = [];
      collect(files, realm, (path, { size }) => all.push({ path, bytes: size }));
      return all.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}
