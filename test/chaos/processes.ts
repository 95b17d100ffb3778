import { readdirSync, readFileSync } from 'node:fs';

/** One process of this machine. */
export interface FoundProcess {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  /** Kernel ticks since boot: a number that is used again belongs to a process with another start. */
  readonly started: string;
  /** `R`, `S`, `T`, `Z`, … */
  readonly state: string;
}

/** All processes, as far as they can be read. */
export function listProcesses(): FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(Number(pid)) ?? []);
}

/** One process, where it is there. */
export function readProcess(pid: number): FoundProcess | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name may hold anything, so counting starts after it.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const [state = '', parent = ''] = fields;
  return {
    pid,
    name: stat.slice(stat.indexOf('(') + 1, end),
    parent: Number(parent),
    started: fields[19] ?? '',
    state,
  };
}

/** Whether it is still that process, and not its remains. */
export function isAlive({ pid, started }: FoundProcess): boolean {
  const now = readProcess(pid);
  return now !== undefined && now.started === started && now.state !== 'Z';
}

/** The processes that a process has started and that are still its children. */
export function listChildren(parent: number): FoundProcess[] {
  return listProcesses().filter((process) => process.parent === parent);
}

/** The host processes of isolates that an engine's process has. */
export function listHosts(engine: number): FoundProcess[] {
  return listChildren(engine).filter(({ pid }) => read(`/proc/${pid}/cmdline`)?.includes('isolate/host/main'));
}

/** The runner of a container: the first process of a namespace of its own. */
export function findRunner(container: string): FoundProcess | undefined {
  return listProcesses().find(
    ({ pid }) =>
      read(`/proc/${pid}/cgroup`)?.includes(container) && /^NSpid:.*\t1$/m.test(read(`/proc/${pid}/status`) ?? ''),
  );
}

/** The process of containerd that looks after a container. */
export function findShim(container: string): FoundProcess | undefined {
  return listProcesses().find(
    ({ pid, name }) => name.startsWith('containerd-shim') && read(`/proc/${pid}/cmdline`)?.includes(container),
  );
}

/** The command line of a process, its words separated by spaces; empty where it is gone. */
export function readCommand(pid: number): string {
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? '';
}

/** Sends a signal, and answers whether there was still somebody to get it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
