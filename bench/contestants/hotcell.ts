/** hotcell itself, called as users call it. */
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type * as HotcellModule from 'hotcell';
import { type Answer, type Family, LeftOut, type OpenContestant, type Surroundings } from '../contestant.ts';
import type { Workload } from '../workloads.ts';
import { warmCellMemory, warmIsolateMemory } from './warm-memory.ts';

export type Hotcell = typeof HotcellModule;
type Engine = ReturnType<Hotcell['createEngine']>;
/** Older revisions have no pool and no `warm`. */
type WarmEngine = Omit<Engine, 'warm'> & {
  warm?(request: { language: Request['language']; isolation: 'fresh' | 'tenant'; count: number }): Promise<void>;
};
type Request = Parameters<Engine['execute']>[0];
type Result = Awaited<ReturnType<Engine['execute']>>;

/** The build to measure. */
export function importHotcell(path: string): Promise<Hotcell> {
  return import(pathToFileURL(path).href) as Promise<Hotcell>;
}

/** Options of an engine for one family only. */
export function optionsFor(family: Family): Parameters<Hotcell['createEngine']>[0] {
  return family === 'javascript' ? { docker: false } : { isolate: false };
}

/** A fresh cell for each call, from one engine. */
export function openHotcell(surroundings: Surroundings): Promise<OpenContestant> {
  return openEngine(surroundings, () => ({}));
}

/** Cells that the jobs of one tenant share. */
export function openTenantTier(surroundings: Surroundings): Promise<OpenContestant> {
  return openEngine(surroundings, () => ({ isolation: 'tenant' }), 'tenant');
}

/** Python and Bash inside isolates; each host process keeps one guest ready. */
export function openWasm(surroundings: Surroundings): Promise<OpenContestant> {
  return openEngine({ ...surroundings, warm: 0 }, () => ({ backend: 'wasm' }));
}

/** Another tenant for each call. */
export function openTenantsInTurn(surroundings: Surroundings): Promise<OpenContestant> {
  return openEngine(surroundings, (index) => ({ tenant: `tenant-${index}` }));
}

async function openEngine(
  surroundings: Surroundings,
  more: (index: number) => Partial<Request>,
  isolation: 'fresh' | 'tenant' = 'fresh',
): Promise<OpenContestant> {
  const { family, hotcell, warm } = surroundings;
  const { createEngine } = await importHotcell(hotcell);
  const engine: WarmEngine = createEngine(optionsFor(family));
  const language = family === 'redaction' ? 'javascript' : family;
  try {
    const code = family === 'bash' ? 'true' : '1 + 1';
    const first = await engine.execute({ language, code, ...more(-1) } as Request);
    if (first.status !== 'success') throw new LeftOut(first.error?.message ?? first.status);
    if (first.sandbox?.isolation !== isolation) throw new LeftOut(`this build has no isolation "${isolation}" here`);
    if (warm > 0 && typeof engine.warm === 'function') await engine.warm({ language, isolation, count: warm });
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    run: async (workload, index) => answerOf(workload, await engine.execute(requestOf(workload, family, more(index)))),
    memoryMb: () => (language === 'javascript' ? warmIsolateMemory(createEngine) : warmCellMemory()),
    close: () => engine.close(),
  };
}

/** The request of a workload. A workload that writes much has a secret, so that redaction has work to do. */
export function requestOf(workload: Workload, family: Family, more: Partial<Request> = {}): Request {
  const { inputs, files, expected } = workload;
  const writes = expected.outputBytes !== undefined;
  // Everything else has the default limits, for which cells are kept warm.
  const common = { inputs, files, limits: writes ? { outputKb: 16_384 } : {}, ...more };
  const secrets = writes ? { TOKEN: secret } : {};
  if (family === 'bash') return { language: 'bash', code: workload.bash ?? '', ...common };
  if (family === 'python') return { language: 'python', code: `${workload.python}\njob(inputs)`, secrets, ...common };
  return { language: 'javascript', code: `${workload.javascript}\njob(inputs)`, secrets, ...common };
}

const secret = randomBytes(24).toString('base64');

/** @throws {Error} if the call did not succeed */
export function answerOf(workload: Workload, result: Result): Answer {
  if (result.status !== 'success') throw new Error(`${result.error?.code}: ${result.error?.message}`);
  return {
    value: workload.bash !== undefined && result.valueType === 'none' ? JSON.parse(result.stdout) : result.value,
    outputBytes: Buffer.byteLength(result.stdout),
    files: result.artifacts.length,
    queuedMs: result.timings.queuedMs,
  };
}
