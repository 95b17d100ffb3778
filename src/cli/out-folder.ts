import { type FileHandle, lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactPreview } from '../contract/api/artifact-sink.ts';
import type { ExecutionResult } from '../contract/api/result.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
import type { ResultFile } from './result-files.ts';

/** A file of a result that could not be written, and the reason. */
export interface UnwrittenFile {
  readonly path: string;
  readonly reason: string;
}

/** The folder of `--out`. Never replaces an existing file, and never follows a link inside the folder. */
export class OutFolder {
  readonly #root: string;
  readonly #opened: string[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  /** Writes an artifact as it arrives. */
  readonly sink = async ({ path }: ArtifactPreview): Promise<ReturnType<FileHandle['createWriteStream']>> => {
    const file = await this.#open(path);
    this.#opened.push(path);
    return file.createWriteStream();
  };

  /**
   * Writes the files of the result itself, and removes incomplete artifacts.
   * @returns the files that were not written.
   */
  async finish(
    { deliveredArtifacts = [], lostArtifacts = [] }: ExecutionResult,
    files: readonly ResultFile[],
  ): Promise<readonly UnwrittenFile[]> {
    const delivered = new Set(deliveredArtifacts.map(({ path }) => path));
    for (const path of this.#opened) if (!delivered.has(path)) await rm(join(this.#root, path), { force: true });
    const unwritten: UnwrittenFile[] = [...lostArtifacts];
    for (const { path, content } of files) {
      try {
        await using file = await this.#open(path);
        await file.writeFile(content);
      } catch (error) {
        unwritten.push({ path, reason: textOfThrown(error) });
      }
    }
    return unwritten;
  }

  /** The engine has checked the path: relative, without `..`. */
  async #open(path: string): Promise<FileHandle> {
    await mkdir(this.#root, { recursive: true });
    let folder = this.#root;
    for (const name of dirname(path).split('/')) {
      folder = join(folder, name);
      await makeFolder(folder);
    }
    return await open(join(this.#root, path), 'wx');
  }
}

/** Makes a folder, or accepts an existing one that is not a link. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!(await lstat(path)).isDirectory()) throw new Error(`EEXIST: ${path} exists and is not a folder`);
  }
}
