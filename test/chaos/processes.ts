import { readdirSync, readFileSync } from 'node:fs';

/** One process of this machine. */
export interface FoundProcess {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  /** Start time in kernel ticks since boot, which tells apart processes that reuse a number. */
  readonly started: string;
  /** `R`, `S`, `T`, `Z`, … */
  readonly state: string;
}

/** All processes that can be read. */
export function listProcesses(): FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(Number(pid)) ?? []);
}

/** One process, if it exists. */
export function readProcess(pid: number): FoundProcess | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name may contain anything, so parse after it.
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

/** Whether it is still the same process, and not a zombie. */
export function isAlive({ pid, started }: FoundProcess): boolean {
  const now = readProcess(pid);
  return now !== undefined && now.started === started && now.state !== 'Z';
}

/** The children that a process started and still has. */
export function listChildren(parent: number): FoundProcess[] {
  return listProcesses().filter((process) => process.parent === parent);
}

/** The host processes of isolates of an engine's process. */
export function listHosts(engine: number): FoundProcess[] {
  return listChildren(engine).filter(({ pid }) => read(`/proc/${pid}/cmdline`)?.includes('isolate/host/main'));
}

/** The runner of a container: the first process of its pid namespace. */
export function findRunner(container: string): FoundProcess | undefined {
  return listProcesses().find(
    ({ pid }) =>
      read(`/proc/${pid}/cgroup`)?.includes(container) && /^NSpid:.*\t1$/m.test(read(`/proc/${pid}/status`) ?? ''),
  );
}

/** The containerd shim of a container. */
export function findShim(container: string): FoundProcess | undefined {
  return listProcesses().find(
    ({ pid, name }) => name.startsWith('containerd-shim') && read(`/proc/${pid}/cmdline`)?.includes(container),
  );
}

/** The command line of a process, its words separated by spaces; empty if it is gone. */
export function readCommand(pid: number): string {
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? '';
}

/** Sends a signal; returns whether the process still existed. */
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
