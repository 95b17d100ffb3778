import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostHome } from '../../contract/spi/host-launcher.ts';

/** Settings that a host process gets at its start. */
export interface HostSettings {
  /** Isolates that are made in advance for JavaScript. */
  readonly spareIsolates: number;
  /** Whether it runs other languages; the code for these is loaded too. */
  readonly loadsRuntimes: boolean;
}

/**
 * The arguments that make Node a host process. Node's permission model allows it to read hotcell and its modules, and
 * to load native addons such as isolated-vm.
 */
export function hostArguments({ spareIsolates, loadsRuntimes }: HostSettings, home: HostHome): readonly string[] {
  return [
    '--no-node-snapshot',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    '--permission',
    '--allow-addons',
    ...home.readableFolders.map((folder) => `--allow-fs-read=${folder}`),
    // The loader of isolated-vm's binary looks for musl here.
    '--allow-fs-read=/etc/alpine-release',
    `${home.codeFolder}/backends/isolate/host/main.${home.extension}`,
    ...[spareIsolates, home.inputFd, home.outputFd, Number(loadsRuntimes)].map(String),
  ];
}

/** This installation. Package managers put modules around the package or into it. */
export function findHome(): Pick<HostHome, 'codeFolder' | 'extension' | 'readableFolders'> {
  const here = fileURLToPath(import.meta.url);
  const modules = findModules(createRequire(import.meta.url).resolve('isolated-vm'));
  return {
    codeFolder: resolve(dirname(here), '..', '..'),
    extension: here.endsWith('.ts') ? 'ts' : 'js',
    readableFolders: [...new Set([findPackage(here), modules])].map((folder) => `${folder}${sep}`),
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
