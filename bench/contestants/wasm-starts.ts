/** Cold start of Python in WebAssembly: a new process for each call, measured inside it up to the first result. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { OpenContestant, Surroundings } from '../contestant.ts';
import { peerUrl } from './import-peer.ts';
import { callTimeoutMs } from './programs.ts';

const execute = promisify(execFile);

const hotcellProgram = `
const { createEngine } = await import(process.argv[1]);
const start = performance.now();
const engine = createEngine({ docker: false, isolate: false });
const { value } = await engine.execute({ language: 'python', code: '1 + 1' });
console.log(JSON.stringify({ value, elapsedMs: performance.now() - start }));
await engine.close();
`;

const pyodideProgram = `
const { loadPyodide } = await import(process.argv[1]);
const start = performance.now();
const pyodide = await loadPyodide();
const value = pyodide.runPython('1 + 1');
console.log(JSON.stringify({ value, elapsedMs: performance.now() - start }));
process.exit();
`;

/** From `createEngine` to the first result, with the memory snapshot that the very first call made. */
export function openWasmStart({ hotcell }: Surroundings): Promise<OpenContestant> {
  return open(hotcellProgram, () => hotcell);
}

/** Pyodide, loaded into Node itself. */
export function openPyodideStart(): Promise<OpenContestant> {
  return open(pyodideProgram, () => peerUrl('pyodide'));
}

async function open(program: string, module: () => string): Promise<OpenContestant> {
  return {
    async run() {
      const argv = ['--input-type=module', '--eval', program, module()];
      const { stdout } = await execute(process.execPath, argv, { timeout: callTimeoutMs });
      return JSON.parse(stdout) as { readonly value: unknown; readonly elapsedMs: number };
    },
    close: async () => undefined,
  };
}
