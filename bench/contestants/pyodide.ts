/** Pyodide: CPython in WebAssembly, inside this process. */
import type { Answer, OpenContestant } from '../contestant.ts';
import type { Workload } from '../workloads.ts';
import { importPeer } from './import-peer.ts';

interface Proxy {
  set(name: string, value: unknown): void;
  destroy(): void;
}
interface Pyodide {
  readonly globals: { get(name: 'dict'): () => Proxy };
  readonly FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, text: string): void;
    readdir(path: string): string[];
    unlink(path: string): void;
  };
  runPython(code: string, options: { readonly globals: Proxy }): unknown;
  setStdout(options: { write(bytes: Uint8Array): number }): void;
}
interface PyodideModule {
  loadPyodide(): Promise<Pyodide>;
}

/** One interpreter for all calls, with new globals for each. */
export async function openPyodide(): Promise<OpenContestant> {
  const { loadPyodide } = await importPeer<PyodideModule>('pyodide');
  const pyodide = await loadPyodide();
  return { run: async (workload) => runIn(pyodide, workload), close: async () => undefined };
}

/** A new interpreter for each call, which isolates calls from each other. */
export async function openFreshPyodide(): Promise<OpenContestant> {
  const { loadPyodide } = await importPeer<PyodideModule>('pyodide');
  return { run: async (workload) => runIn(await loadPyodide(), workload), close: async () => undefined };
}

function runIn(pyodide: Pyodide, workload: Workload): Answer {
  let outputBytes = 0;
  pyodide.setStdout({
    write(bytes) {
      outputBytes += bytes.length;
      return bytes.length;
    },
  });
  pyodide.FS.mkdirTree('in');
  pyodide.FS.mkdirTree('output');
  for (const [path, text] of Object.entries(workload.files)) pyodide.FS.writeFile(path, text);
  const globals = pyodide.globals.get('dict')();
  try {
    globals.set('inputs_text', JSON.stringify(workload.inputs));
    const code = `import json\n${workload.python}\njson.dumps(job(json.loads(inputs_text)))`;
    const value: unknown = JSON.parse(String(pyodide.runPython(code, { globals })));
    return { value, outputBytes, files: takeFiles(pyodide) };
  } finally {
    globals.destroy();
  }
}

function takeFiles({ FS }: Pyodide): number {
  const names = FS.readdir('output').filter((name) => !name.startsWith('.'));
  for (const name of names) FS.unlink(`output/${name}`);
  return names.length;
}
