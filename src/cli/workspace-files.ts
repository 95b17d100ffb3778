import { opendir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { HotcellError } from '../contract/api/errors.ts';
import { filesMax } from '../contract/api/request.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';

/** A file for the guest, with its name under /workspace. */
export type WorkspaceFile = readonly [name: string, content: Buffer];

/**
 * Reads the files for `--file`: `PATH` keeps its own name, `PATH=NAME` gets the name NAME. A folder is read with all
 * its content; with `PATH=.` its content goes into /workspace itself.
 * @throws {HotcellError} `INVALID_REQUEST` if something cannot be read, or a folder contains a link or a special file:
 * following links could read files that nobody meant to pass.
 */
export async function readWorkspaceFiles(argument: string): Promise<WorkspaceFile[]> {
  const split = argument.lastIndexOf('=');
  const path = split > 0 ? argument.slice(0, split) : argument;
  const name = split > 0 ? argument.slice(split + 1) : basename(resolve(path));
  const isFolder = await readable(path, async () => (await stat(path)).isDirectory());
  if (!isFolder) return [[name, await readable(path, () => readFile(path))]];
  const paths = await readable(path, () => listFiles(path));
  return await Promise.all(
    paths.map(async (each): Promise<WorkspaceFile> => {
      const own = name === '.' ? each : `${name}/${each}`;
      return [own, await readable(join(path, each), () => readFile(join(path, each)))];
    }),
  );
}

/** All files below a folder, in order, with names relative to it and `/` as separator. */
async function listFiles(folder: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of await opendir(join(folder, prefix))) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listFiles(folder, `${name}/`)));
    else if (entry.isFile()) found.push(name);
    else
      throw new Error(
        `it contains ${name}, a link or a special file; give a folder that contains only files and folders`,
      );
    if (found.length > filesMax)
      throw new Error(`it contains more than ${filesMax} files, the most that a call accepts`);
  }
  return found.sort();
}

/** Runs a read; an error becomes one that names the path. */
export async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = textOfThrown(error);
    throw new HotcellError('INVALID_REQUEST', `Cannot run the code because ${path} cannot be read (${reason}).`);
  }
}
