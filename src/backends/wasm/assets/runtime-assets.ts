import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { HotcellError } from '../../../contract/api/errors.ts';
import type { HostFile } from '../../../contract/spi/host-launcher.ts';

/** Languages that run in an interpreter inside an isolate. */
export const wasmLanguages = ['python', 'bash'] as const;
/** One of {@link wasmLanguages}. */
export type WasmLanguage = (typeof wasmLanguages)[number];

/** A file of the runtime assets: its content, or the place of a large file. */
export type AssetFile = Uint8Array | HostFile;

/**
 * The files that a host process needs to run guests of one language. The engine reads them and sends them, since a host
 * cannot read files.
 */
export interface RuntimeAssets {
  readonly language: WasmLanguage;
  /** `pyodide 314.0.7`: the runtime of the guest. */
  readonly runtime: string;
  readonly files: ReadonlyMap<string, AssetFile>;
  /** Name of a module in imports → file of the runtime assets. */
  readonly entries: Readonly<Record<string, string>>;
}

/** An installed package of an interpreter. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Without a trailing slash. */
  readonly folder: string;
}

/** The optional peer packages, in the versions that hotcell is tested with. */
export const peerVersions = { pyodide: '314.0.7', 'just-bash': '3.4.2' } as const;

/** The package that runs each language. */
export const peerOf: Readonly<Record<WasmLanguage, keyof typeof peerVersions>> = {
  python: 'pyodide',
  bash: 'just-bash',
};

/**
 * Finds the installed package of an interpreter.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` with the command that installs it.
 */
export function findPeer(language: WasmLanguage): Peer {
  const name = peerOf[language];
  const require = createRequire(import.meta.url);
  try {
    const manifest = findManifest(require, name);
    const { version } = require(manifest) as { version: string };
    return { name, version, folder: dirname(manifest) };
  } catch (error) {
    const what = language === 'python' ? 'Python' : 'Bash';
    const message = `${what} without a container needs the package ${name}: run "npm install ${name}@${peerVersions[name]}".`;
    throw new HotcellError('BACKEND_UNAVAILABLE', message, { ran: 'no', cause: error });
  }
}

/** Finds a package's manifest, even if the package does not export it. */
export function findManifest(require: NodeJS.Require, name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return require.resolve(`${folder}/${name}/package.json`);
    } catch {
      // Not in this folder.
    }
  }
  return require.resolve(`${name}/package.json`);
}
