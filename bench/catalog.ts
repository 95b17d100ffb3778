/** All contestants: name, languages, what their figures leave out, and the module with their code. */
import type { Family, OpenFunction } from './contestant.ts';

/** One line of the catalog. */
export interface Entry {
  readonly title: string;
  readonly families: readonly Family[];
  /** Costs that are in hotcell's figures and not in this contestant's. */
  readonly leavesOut: string;
  /** Loads only this contestant's code into the calling process. */
  readonly load: () => Promise<OpenFunction>;
}

const inProcess = 'its own process, limits on processor and output, files, redaction, a structured result';
const noTenants = 'every separation between the calls: they share one place';
const noEngine = 'limits on disk and output, collected files, redaction, a structured result';
const redaction = (kind: string, title: string, leavesOut = 'nothing'): Entry => ({
  title,
  families: ['redaction'],
  leavesOut,
  load: async () => (await import('./contestants/redaction.ts')).openRedaction(kind),
});

/** By name; hotcell first. */
export const catalog: Readonly<Record<string, Entry>> = {
  hotcell: {
    title: 'hotcell',
    families: ['javascript', 'python', 'bash'],
    leavesOut: 'nothing; work after the result (removal, refill) counts in calls a second, not in the latency',
    load: async () => (await import('./contestants/hotcell.ts')).openHotcell,
  },
  'hotcell-tenant': {
    title: 'hotcell, tenant tier',
    families: ['javascript', 'python', 'bash'],
    leavesOut: 'a separate container or isolate host for each call: the calls of one tenant share it',
    load: async () => (await import('./contestants/hotcell.ts')).openTenantTier,
  },
  'hotcell-wasm': {
    title: 'hotcell, in WebAssembly',
    families: ['python', 'bash'],
    leavesOut: 'packages, subprocesses and an operating system for the guest',
    load: async () => (await import('./contestants/hotcell.ts')).openWasm,
  },
  'hotcell-wasm-start': {
    title: 'hotcell in WebAssembly, from createEngine to the first result',
    families: ['python'],
    leavesOut: 'the start of Node itself, the import of the module, the first call ever',
    load: async () => (await import('./contestants/wasm-starts.ts')).openWasmStart,
  },
  'pyodide-start': {
    title: 'Pyodide in Node, from loadPyodide to the first result',
    families: ['python'],
    leavesOut: `the start of Node itself, the import of the module; ${inProcess}`,
    load: async () => (await import('./contestants/wasm-starts.ts')).openPyodideStart,
  },
  'hotcell-tenants': {
    title: 'hotcell, another tenant each call',
    families: ['javascript'],
    leavesOut: 'nothing',
    load: async () => (await import('./contestants/hotcell.ts')).openTenantsInTurn,
  },
  'hotcell-tools': {
    title: 'hotcell, one call of a host function from inside',
    families: ['javascript', 'python'],
    leavesOut: "the tool's own time, and the surrounding call",
    load: async () => (await import('./contestants/hotcell-tools.ts')).openHostFunctions,
  },
  'hotcell-session': {
    title: 'hotcell, one call of a session',
    families: ['javascript', 'python', 'bash'],
    leavesOut: 'opening the session',
    load: async () => (await import('./contestants/hotcell-sessions.ts')).openSession,
  },
  'hotcell-output': {
    title: 'hotcell, from the writing of a line to its event',
    families: ['javascript', 'python', 'bash'],
    leavesOut: 'the call that it is part of',
    load: async () => (await import('./contestants/hotcell-output.ts')).openOutput,
  },
  'hotcell-overdue': {
    title: 'hotcell, from `timeoutMs` to the result of a guest that does not end',
    families: ['javascript', 'python', 'bash'],
    leavesOut: 'the queue, the start of the cell and the time that the guest may take',
    load: async () => (await import('./contestants/hotcell-overdue.ts')).openOverdue,
  },
  'hotcell-downloads': {
    title: 'hotcell, one allowed download of 64 MB',
    families: ['javascript', 'python'],
    leavesOut: 'the surrounding call; server, engine and cell share the processors',
    load: async () => (await import('./contestants/hotcell-downloads.ts')).openDownloads,
  },
  'hotcell-cold': {
    title: 'hotcell, nothing warm',
    families: ['python', 'bash'],
    leavesOut: 'the removal of the container, which follows the result',
    load: async () => (await import('./contestants/hotcell-starts.ts')).openCold,
  },
  'hotcell-start': {
    title: 'hotcell, from createEngine to the first result',
    families: ['javascript'],
    leavesOut: 'the start of Node itself and the import of the module',
    load: async () => (await import('./contestants/hotcell-starts.ts')).openStart,
  },
  'isolated-vm': {
    title: 'raw isolated-vm, fresh isolate, one thread',
    families: ['javascript'],
    leavesOut: inProcess,
    load: async () => (await import('./contestants/in-process.ts')).openIsolatedVm,
  },
  vm2: {
    title: 'vm2, new VM',
    families: ['javascript'],
    leavesOut: `${inProcess}, a limit on memory, and a real boundary`,
    load: async () => (await import('./contestants/in-process.ts')).openVm2,
  },
  quickjs: {
    title: 'quickjs-emscripten, new runtime',
    families: ['javascript'],
    leavesOut: `${inProcess}, a compiler`,
    load: async () => (await import('./contestants/in-process.ts')).openQuickJs,
  },
  'node-vm': {
    title: 'node:vm, new context',
    families: ['javascript'],
    leavesOut: `${inProcess}, and any boundary`,
    load: async () => (await import('./contestants/in-process.ts')).openNodeVm,
  },
  'docker-run': {
    title: 'docker run --rm',
    families: ['python', 'bash'],
    leavesOut: `hotcell's own seccomp profile, ${noEngine}`,
    load: async () => (await import('./contestants/docker.ts')).openDockerRun,
  },
  'docker-api': {
    title: 'dockerode: create, attach, start, remove',
    families: ['python', 'bash'],
    leavesOut: `hotcell's own seccomp profile, ${noEngine}`,
    load: async () => (await import('./contestants/docker.ts')).openDockerApi,
  },
  'docker-create': {
    title: 'dockerode: create, start, remove',
    families: ['python'],
    leavesOut: 'running a program, output, limits, a result',
    load: async () => (await import('./contestants/docker.ts')).openDockerCreate,
  },
  'docker-exec': {
    title: 'exec in one running container',
    families: ['python', 'bash'],
    leavesOut: `${noTenants}; ${noEngine}`,
    load: async () => (await import('./contestants/docker.ts')).openDockerExec,
  },
  'docker-attach': {
    title: 'one waiting container, attached',
    families: ['python'],
    leavesOut: `${noTenants}, even the process; ${noEngine}`,
    load: async () => (await import('./contestants/docker-attach.ts')).openDockerAttach,
  },
  bubblewrap: {
    title: 'bubblewrap',
    families: ['python'],
    leavesOut: `limits on memory and processes, seccomp, its own root file system; ${noEngine}`,
    load: async () => (await import('./contestants/processes.ts')).openBubblewrap,
  },
  'sandbox-runtime': {
    title: '@anthropic-ai/sandbox-runtime',
    families: ['python'],
    leavesOut: `limits on memory and processes, its own root file system; ${noEngine}`,
    load: async () => (await import('./contestants/processes.ts')).openSandboxRuntime,
  },
  pyodide: {
    title: 'Pyodide, one interpreter',
    families: ['python'],
    leavesOut: `${noTenants}; ${inProcess}`,
    load: async () => (await import('./contestants/pyodide.ts')).openPyodide,
  },
  'pyodide-fresh': {
    title: 'Pyodide, new interpreter',
    families: ['python'],
    leavesOut: inProcess,
    load: async () => (await import('./contestants/pyodide.ts')).openFreshPyodide,
  },
  fork: {
    title: 'bare fork of a warm interpreter',
    families: ['python'],
    leavesOut: 'every boundary and every limit',
    load: async () => (await import('./contestants/processes.ts')).openBareFork,
  },
  'fork-namespaces': {
    title: 'bare fork into new namespaces',
    families: ['python'],
    leavesOut: 'every limit, seccomp, its own root file system, a result',
    load: async () => (await import('./contestants/processes.ts')).openForkIntoNamespaces,
  },
  'redaction-index-of': redaction('indexOf', 'indexOf, one unchanged text', 'every other form, streaming, counting'),
  'redaction-one': redaction('one secret', 'known values: one secret in all its forms', 'pattern rules'),
  'redaction-three': redaction('three secrets', 'known values: three secrets', 'pattern rules'),
  'redaction-rules': redaction('rules, one secret', 'pattern rules and one secret'),
  'redaction-hits': redaction('rules, many hits', 'the same, a secret on every tenth line'),
  'redaction-hostile-keys': redaction('hostile: key headers', 'hostile: headers of private keys'),
  'redaction-hostile-names': redaction('hostile: names without values', 'hostile: names without values'),
  'redaction-hostile-secret': redaction('hostile: starts of the secret', 'hostile: starts of the secret'),
  'redaction-hostile-tokens': redaction('hostile: starts of tokens', 'hostile: starts of tokens'),
  'redaction-setup': redaction('new redactor, 3 secrets', 'a new redactor for 3 secrets, and one line'),
};
