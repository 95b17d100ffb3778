import type { Limits } from '../../../../contract/api/limits.ts';
import { createMatcher } from './glob.ts';

/** Most files in a workspace. */
const filesMax = 4_096;
const mebibyte = 1_048_576;

/** The guest tried an impossible operation on a file; the message is for the guest. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}

/**
 * The guest's /workspace: files in the host's memory, limited by `diskMb` and `fileMb`. Folders exist only as parts of
 * paths.
 */
export class Workspace {
  readonly #files = new Map<string, Uint8Array>();
  readonly #limits: Limits;
  readonly #collect: readonly string[];
  /** Those with room behind them for more. */
  readonly #grown = new WeakSet<Uint8Array>();
  #bytes = 0;
  #dropped = 0;
  /** The pieces of a file whose last piece has not arrived; empty once the file is too large. */
  #coming: { readonly path: string; readonly pieces: Uint8Array[]; bytes: number } | undefined;

  constructor(limits: Limits, collect: readonly string[]) {
    this.#limits = limits;
    this.#collect = collect;
  }

  /** Number of files that an interpreter's guest handed over and that broke a rule. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Total size of all files in bytes. */
  get bytes(): number {
    return this.#bytes + Math.min(this.#coming?.bytes ?? 0, this.#limits.fileMb * mebibyte);
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  /** All files, by path. */
  get entries(): readonly (readonly [path: string, content: Uint8Array])[] {
    return [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  read(path: string): Uint8Array {
    const content = this.#files.get(normalise(path));
    if (!content) throw new WorkspaceError(`There is no file "${path}" in the workspace.`);
    return content;
  }

  /** Writes a file for the guest. */
  write(path: string, content: Uint8Array): void {
    if (content.length > this.#limits.fileMb * mebibyte) throw tooLarge(path, this.#limits);
    this.add(path, content);
  }

  /**
   * Keeps a piece of a file that is being written. Only one file can be incomplete, and no more of it is kept than a
   * file may have.
   */
  takePiece(path: string, piece: Uint8Array): void {
    if (this.#coming?.path !== path) this.#coming = { path, pieces: [], bytes: 0 };
    const coming = this.#coming;
    coming.bytes += piece.length;
    if (coming.bytes > this.#limits.fileMb * mebibyte) coming.pieces.length = 0;
    else coming.pieces.push(piece);
  }

  /** Writes a file for the guest; `last` is its last piece. */
  writePieces(path: string, last: Uint8Array): void {
    this.write(path, this.#complete(path, last));
  }

  /** Adds to the end of a file for the guest, of which `last` is the last piece. */
  appendPieces(path: string, last: Uint8Array): void {
    const more = this.#complete(path, last);
    const before = this.read(path);
    const length = before.length + more.length;
    if (length > this.#limits.fileMb * mebibyte) throw tooLarge(path, this.#limits);
    // Files grow in steps: a program that appends line by line would have all of it copied each time.
    const room = this.#grown.has(before) ? before.buffer.byteLength : 0;
    const whole = room >= length ? new Uint8Array(before.buffer) : new Uint8Array(length + (length >> 2));
    if (room < length) whole.set(before);
    whole.set(more, before.length);
    const content = whole.subarray(0, length);
    this.#grown.add(content);
    this.#grown.delete(before);
    this.add(path, content);
  }

  /** Puts a file in place; it counts for `diskMb` alone. */
  add(path: string, content: Uint8Array): void {
    const name = normalise(path);
    const { diskMb } = this.#limits;
    const bytes = this.#bytes - (this.#files.get(name)?.length ?? 0) + content.length;
    if (bytes > diskMb * mebibyte) {
      throw new WorkspaceError(`Cannot write "${path}": the workspace is full; limits.diskMb is ${diskMb} MiB.`);
    }
    if (!this.#files.has(name)) {
      if (this.#files.size >= filesMax)
        throw new WorkspaceError(`Cannot write "${path}": it has ${filesMax} files, the maximum.`);
      this.#checkFolders(path, name);
    }
    this.#files.set(name, content);
    this.#bytes = bytes;
  }

  /** The members of `paths` that the job collects. */
  collected(paths: readonly string[]): readonly string[] {
    return paths.filter(createMatcher(this.#collect));
  }

  /**
   * Takes a file of an interpreter's guest, which has its own files; `last` is its last piece. Drops a file that breaks
   * a rule.
   */
  handOver(path: string, last: Uint8Array): void {
    try {
      this.writePieces(path, last);
    } catch {
      this.#dropped += 1;
    }
  }

  #complete(path: string, last: Uint8Array): Uint8Array {
    if (this.#coming?.path !== path) return last;
    this.takePiece(path, last);
    const { pieces, bytes } = this.#coming;
    this.#coming = undefined;
    if (bytes > this.#limits.fileMb * mebibyte) throw tooLarge(path, this.#limits);
    return Buffer.concat(pieces, bytes);
  }

  clear(): void {
    this.#coming = undefined;
    this.#files.clear();
    this.#bytes = 0;
  }

  remove(path: string): void {
    const name = normalise(path);
    this.#bytes -= this.read(path).length;
    this.#files.delete(name);
  }

  /** A name is either a file or a folder. */
  #checkFolders(path: string, name: string): void {
    for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
      if (this.#files.has(name.slice(0, at))) {
        throw new WorkspaceError(`Cannot write "${path}": "${name.slice(0, at)}" is a file.`);
      }
    }
    for (const other of this.#files.keys()) {
      if (other.startsWith(`${name}/`)) throw new WorkspaceError(`Cannot write "${path}": it is a folder.`);
    }
  }
}

function tooLarge(path: string, { fileMb }: Limits): WorkspaceError {
  return new WorkspaceError(`Cannot write "${path}": it is larger than limits.fileMb, ${fileMb} MiB.`);
}

/** Longest path that a guest may give; longer ones are not parsed. */
const spellingMax = 4_096;

/** `path` relative to /workspace. */
function normalise(path: string): string {
  if (path.length > spellingMax) throw notAPath(path);
  const name = path.replace(/^\/workspace\//u, '').replace(/^(?:\.\/)+/u, '');
  const parts = name.split('/');
  const isSound =
    name.length <= 1_024 &&
    name.isWellFormed() &&
    !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\\]/u.test(name) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255);
  if (!isSound) throw notAPath(path);
  return name;
}

/** A long path is not quoted: if it were cut, the redactor would miss a secret in it. */
function notAPath(path: string): WorkspaceError {
  const what = path.length > 256 ? `A text of ${path.length} characters` : `"${path}"`;
  return new WorkspaceError(`${what} is not a path under /workspace.`);
}
