import type { Limits } from '../../../../contract/api/limits.ts';
import { createMatcher } from './glob.ts';

/** The most files of a workspace. */
const filesMax = 4_096;
const mebibyte = 1_048_576;

/** The guest did something with a file that is not possible; the message is for the guest. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}

/** The guest's /workspace: files in the host's memory, bounded by `diskMb` and `fileMb`. Folders are implied. */
export class Workspace {
  readonly #files = new Map<string, Uint8Array>();
  readonly #limits: Limits;
  readonly #collect: readonly string[];
  #bytes = 0;
  #dropped = 0;

  constructor(limits: Limits, collect: readonly string[]) {
    this.#limits = limits;
    this.#collect = collect;
  }

  /** Files that a guest with files of its own handed over, but that broke a rule. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What all files take together. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  /** All files, in order of path. */
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
    const { fileMb } = this.#limits;
    if (content.length > fileMb * mebibyte) {
      throw new WorkspaceError(`Cannot write "${path}": it is larger than limits.fileMb, ${fileMb} MiB.`);
    }
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

  /** Those of `paths` that the job collects. */
  collected(paths: readonly string[]): readonly string[] {
    return paths.filter(createMatcher(this.#collect));
  }

  /** Takes a file of a guest that has files of its own; one that breaks a rule is dropped. */
  handOver(path: string, content: Uint8Array): void {
    try {
      this.write(path, content);
    } catch {
      this.#dropped += 1;
    }
  }

  clear(): void {
    this.#files.clear();
    this.#bytes = 0;
  }

  remove(path: string): void {
    const name = normalise(path);
    this.#bytes -= this.read(path).length;
    this.#files.delete(name);
  }

  /** A name is a file or a folder, never both. */
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

/** The longest path as the guest may spell it; longer ones are not taken apart. */
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

/** A long path is not repeated: cut, a secret in it would pass the redactor. */
function notAPath(path: string): WorkspaceError {
  const what = path.length > 256 ? `A text of ${path.length} characters` : `"${path}"`;
  return new WorkspaceError(`${what} is not a path under /workspace.`);
}
