/** hotcell with nothing ready: each call starts an engine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { OpenContestant, Surroundings } from '../contestant.ts';
import { answerOf, importHotcell, optionsFor, requestOf } from './hotcell.ts';
import { callTimeoutMs } from './programs.ts';

const execute = promisify(execFile);

/** A new engine for each call, in one process: no cell is warm, but modules stay loaded. */
export async function openCold({ family, hotcell }: Surroundings): Promise<OpenContestant> {
  const { createEngine } = await importHotcell(hotcell);
  let used: ReturnType<typeof createEngine> | undefined;
  const settle = async (): Promise<void> => {
    await used?.close();
    used = undefined;
  };
  return {
    async run(workload) {
      used = createEngine(optionsFor(family));
      return answerOf(workload, await used.execute(requestOf(workload, family)));
    },
    settle,
    close: settle,
  };
}

const program = `
const { createEngine } = await import(process.argv[1]);
const start = performance.now();
const engine = createEngine({ docker: false });
const { value } = await engine.execute({ language: 'javascript', code: '1 + 1' });
const elapsedMs = performance.now() - start;
console.log(JSON.stringify({ value, elapsedMs }));
await engine.close();
`;

/** A new process for each call; measured inside it, from `createEngine` to the first result. */
export async function openStart({ hotcell }: Surroundings): Promise<OpenContestant> {
  return {
    async run() {
      const argv = ['--input-type=module', '--eval', program, hotcell];
      const { stdout } = await execute(process.execPath, argv, { timeout: callTimeoutMs });
      return JSON.parse(stdout) as { readonly value: unknown; readonly elapsedMs: number };
    },
    close: async () => undefined,
  };
}
