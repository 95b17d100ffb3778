import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a host process is started. */
export interface HostCommand {
  readonly path: string;
  readonly arguments: readonly string[];
}

/**
 * The command line of a host process. Node's permission model leaves it read access to this package and to the folder
 * of modules that it lies in or that lie in it, and native addons, of which isolated-vm is one.
 */
export function createHostCommand(spareIsolates: number): HostCommand {
  const here = fileURLToPath(import.meta.url);
  const extension = here.endsWith('.ts') ? 'ts' : 'js';
  const readable = new Set([findPackage(here), findModules(createRequire(import.meta.url).resolve('isolated-vm'))]);
  return {
    path: process.execPath,
    arguments: [
      '--no-node-snapshot',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=SecurityWarning',
      '--permission',
      '--allow-addons',
      ...[...readable].map((folder) => `--allow-fs-read=${folder}${sep}`),
      // Where the loader of isolated-vm's binary looks for musl.
      '--allow-fs-read=/etc/alpine-release',
      join(dirname(here), 'host', `main.${extension}`),
      String(spareIsolates),
    ],
  };
}

/** The folder of the package that `file` belongs to. */
function findPackage(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** The outermost `node_modules` around `file`: package managers link from one place in it to another. */
function findModules(file: string): string {
  const at = file.indexOf(`${sep}node_modules${sep}`);
  return at < 0 ? dirname(file) : join(file.slice(0, at), 'node_modules');
}
