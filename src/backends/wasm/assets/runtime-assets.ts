import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { HotcellError } from '../../../contract/api/errors.ts';
import type { HostFile } from '../../../contract/spi/host-launcher.ts';

/** Languages that an interpreter inside the isolate runs. */
export const wasmLanguages = ['python', 'bash'] as const;
/** One of {@link wasmLanguages}. */
export type WasmLanguage = (typeof wasmLanguages)[number];

/** A file of the runtime assets: its content, or where that lies, for large ones. */
export type AssetFile = Uint8Array | HostFile;

/** All that a host process needs to run guests in one language: read here, where files can be read, and sent to it. */
export interface RuntimeAssets {
  readonly language: WasmLanguage;
  /** `pyodide 314.0.7`: what runs the guest. */
  readonly runtime: string;
  readonly files: ReadonlyMap<string, AssetFile>;
  /** Name of a module, as others import it → file of the runtime assets. */
  readonly entries: Readonly<Record<string, string>>;
}

/** An interpreter's package, where it is installed. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Without a slash at the end. */
  readonly folder: string;
}

/** The packages, which nobody has to install who does not use them, in the versions that hotcell is tested with. */
export const peerVersions = { pyodide: '314.0.7', 'just-bash': '3.4.2' } as const;

/** Which package runs which language. */
export const peerOf: Readonly<Record<WasmLanguage, keyof typeof peerVersions>> = {
  python: 'pyodide',
  bash: 'just-bash',
};

/**
 * Finds the package of an interpreter beside hotcell.
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

/** A package's manifest, also where the package does not say that it may be had. */
export function findManifest(require: NodeJS.Require, name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return require.resolve(`${folder}/${name}/package.json`);
    } catch {
      // Not in this one.
    }
  }
  return require.resolve(`${name}/package.json`);
}
