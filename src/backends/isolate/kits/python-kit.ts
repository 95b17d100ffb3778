import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPeer, type Kit } from './kit.ts';

/** From `src` as from `dist`, the folder lies four above this module's. */
const images: URL = new URL('../../../../sandbox-images/', import.meta.url);

/** Python sources of ours: where each is found by the interpreter → where it lies in `sandbox-images`. */
const sources: Readonly<Record<string, string>> = {
  'guest.py': 'wasm/guest.py',
  'python/__init__.py': 'python/__init__.py',
  'python/awaiting.py': 'wasm/python/awaiting.py',
  'python/displays.py': 'python/displays.py',
  'python/forms.py': 'python/forms.py',
  'python/program.py': 'python/program.py',
  'python/progress.py': 'python/progress.py',
  'python/reply.py': 'wasm/python/reply.py',
  'python/tool_lines.py': 'wasm/python/tool_lines.py',
  'python/toolbox.py': 'python/toolbox.py',
  'python/tracebacks.py': 'python/tracebacks.py',
  'python/values.py': 'python/values.py',
  'runner/__init__.py': 'runner/__init__.py',
  'runner/answers.py': 'wasm/runner/answers.py',
  'runner/show_client.py': 'wasm/runner/show_client.py',
};

/** To be raised where the same sources come to another snapshot. */
const snapshotFormat = 1;

/** What Python guests are made of, but for the memory snapshot, and the name that such a snapshot has. */
export interface PythonSources {
  readonly kit: Kit;
  /** Hexadecimal; it stands for the interpreter's version and all sources of ours. */
  readonly snapshotKey: string;
}

/** Reads Pyodide and the sources of ours that run inside it. */
export async function readPythonSources(): Promise<PythonSources> {
  const { folder, version } = findPeer('python');
  const texts: Record<string, string> = {};
  for (const [path, from] of Object.entries(sources)) texts[path] = await readFile(new URL(from, images), 'utf8');
  const own = JSON.stringify(texts);
  const lock = JSON.parse(await readFile(join(folder, 'pyodide-lock.json'), 'utf8')) as { info: unknown };
  const files = new Map<string, Uint8Array>([
    ['loader.mjs', await readFile(join(folder, 'pyodide.mjs'))],
    ['asm.mjs', await readFile(join(folder, 'pyodide.asm.mjs'))],
    ['wasm', await readFile(join(folder, 'pyodide.asm.wasm'))],
    ['stdlib', await readFile(join(folder, 'python_stdlib.zip'))],
    ['sources', Buffer.from(own)],
    ['lock-info', Buffer.from(JSON.stringify(lock.info))],
  ]);
  const hash = createHash('sha256').update(JSON.stringify([snapshotFormat, version, own]));
  for (const content of files.values()) hash.update(content);
  const kit: Kit = {
    language: 'python',
    runtime: `pyodide ${version}`,
    files,
    entries: { loader: 'loader.mjs', asm: 'asm.mjs' },
  };
  return { kit, snapshotKey: hash.digest('hex') };
}

/** The kit with a snapshot; what only making one needs stays behind. */
export function completeKit({ kit }: PythonSources, snapshot: Uint8Array): Kit {
  return { ...kit, files: new Map([...kit.files, ['snapshot', snapshot], ['sources', Buffer.from('{}')]]) };
}
