import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AssetFile, findPeer, type RuntimeAssets } from './runtime-assets.ts';

/** Four folders above this module, in `src` as in `dist`. */
const images: URL = new URL('../../../../sandbox-images/', import.meta.url);

/** hotcell's Python sources: path in the interpreter → path in `sandbox-images`. */
const sources: Readonly<Record<string, string>> = {
  'guest.py': 'wasm/guest.py',
  'python/__init__.py': 'python/__init__.py',
  'python/awaiting.py': 'wasm/python/awaiting.py',
  'python/class_files.py': 'python/class_files.py',
  'python/displays.py': 'python/displays.py',
  'python/forms.py': 'python/forms.py',
  'python/network.py': 'wasm/python/network.py',
  'python/imports.py': 'python/imports.py',
  'python/interpreter.py': 'python/interpreter.py',
  'python/lines.py': 'python/lines.py',
  'python/program.py': 'python/program.py',
  'python/program_file.py': 'python/program_file.py',
  'python/progress.py': 'python/progress.py',
  'python/reply.py': 'wasm/python/reply.py',
  'python/session.py': 'wasm/python/session.py',
  'python/sources.py': 'python/sources.py',
  'python/tool_lines.py': 'wasm/python/tool_lines.py',
  'python/toolbox.py': 'python/toolbox.py',
  'python/tracebacks.py': 'python/tracebacks.py',
  'python/values.py': 'python/values.py',
  'runner/__init__.py': 'runner/__init__.py',
  'runner/network/__init__.py': 'runner/network/__init__.py',
  'runner/network/http_head.py': 'runner/network/http_head.py',
  'runner/protocol/__init__.py': 'runner/protocol/__init__.py',
  'runner/protocol/answers.py': 'wasm/runner/protocol/answers.py',
  'runner/support/__init__.py': 'runner/support/__init__.py',
  'runner/support/identity.py': 'wasm/runner/support/identity.py',
  'runner/support/lean_json.py': 'runner/support/lean_json.py',
  'runner/support/suppress.py': 'runner/support/suppress.py',
  'runner/tools/__init__.py': 'runner/tools/__init__.py',
  'runner/tools/display_client.py': 'wasm/runner/tools/display_client.py',
};

/** Raise this if the same sources lead to a different snapshot. */
const snapshotFormat = 3;

/** The files for Python guests without the memory snapshot, and the snapshot's key. */
export interface PythonSources {
  readonly assets: RuntimeAssets;
  /** Hexadecimal hash of the interpreter's version, its files and hotcell's sources. */
  readonly snapshotKey: string;
}

/** The files of Pyodide that a guest needs: name in the runtime assets → name in the package. */
const packageFiles: Readonly<Record<string, string>> = {
  'loader.mjs': 'pyodide.mjs',
  'asm.mjs': 'pyodide.asm.mjs',
  wasm: 'pyodide.asm.wasm',
  stdlib: 'python_stdlib.zip',
};

/** Reads Pyodide and hotcell's sources that run inside it. */
export async function readPythonSources(): Promise<PythonSources> {
  const { folder, version } = findPeer('python');
  const read = async (path: string): Promise<readonly [path: string, text: string]> => {
    return [path, await readFile(new URL(sources[path] ?? '', images), 'utf8')];
  };
  const texts = JSON.stringify(Object.fromEntries(await Promise.all(Object.keys(sources).map(read))));
  const lock = JSON.parse(await readFile(join(folder, 'pyodide-lock.json'), 'utf8')) as { info: unknown };
  const lockInfo = JSON.stringify(lock.info);
  const hash = createHash('sha256').update(JSON.stringify([snapshotFormat, version, texts, lockInfo]));
  const files = new Map<string, AssetFile>([
    ['sources', Buffer.from(texts)],
    ['lock-info', Buffer.from(lockInfo)],
  ]);
  const places = Object.entries(packageFiles).map(([name, from]) => [name, join(folder, from)] as const);
  for (const content of await Promise.all(places.map(([, path]) => readFile(path)))) hash.update(content);
  for (const [name, path] of places) files.set(name, { path, from: 0 });
  const assets: RuntimeAssets = {
    language: 'python',
    runtime: `pyodide ${version}`,
    files,
    entries: { loader: 'loader.mjs', asm: 'asm.mjs' },
  };
  return { assets, snapshotKey: hash.digest('hex') };
}

/** The runtime assets with a snapshot, without the sources, which the snapshot contains. */
export function completeAssets({ assets }: PythonSources, snapshot: AssetFile): RuntimeAssets {
  return { ...assets, files: new Map([...assets.files, ['snapshot', snapshot], ['sources', Buffer.from('{}')]]) };
}
