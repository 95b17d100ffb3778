/**
 * Who made a container. Labels say it, and say it so that another engine can judge whether the maker still lives:
 * a process id means something only within one process-id namespace of one boot of one host.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The labels of every container of hotcell. */
export const ownerLabels = {
  /** Random name of the engine instance. */
  owner: 'hotcell.owner',
  pid: 'hotcell.pid',
  /** When that process began, in the kernel's clock ticks; empty where the system does not tell. */
  pidStarted: 'hotcell.pid-started',
  /** The process-id namespace that `pid` belongs to. */
  host: 'hotcell.host',
  /** ISO 8601, UTC. */
  born: 'hotcell.born',
} as const;

/** One engine instance, in the words of its containers' labels. */
export interface Owner {
  readonly id: string;
  /** The labels for a container that is made now. */
  labels(): Readonly<Record<string, string>>;
}

/** A new engine instance of this process. */
export function createOwner(): Owner {
  const id = randomBytes(8).toString('hex');
  const fixed = {
    [ownerLabels.owner]: id,
    [ownerLabels.pid]: String(process.pid),
    [ownerLabels.pidStarted]: startOf(process.pid),
    [ownerLabels.host]: hostIdentity(),
  };
  return { id, labels: () => ({ ...fixed, [ownerLabels.born]: new Date().toISOString() }) };
}

/** Whether the labels' process lives; `unknown` where it is not of this process's own namespace. */
export function ownerState(labels: Readonly<Record<string, string>>): 'alive' | 'dead' | 'unknown' {
  if (labels[ownerLabels.host] !== hostIdentity()) return 'unknown';
  const pid = Number(labels[ownerLabels.pid]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return 'unknown';
  if (!isAlive(pid)) return 'dead';
  const started = labels[ownerLabels.pidStarted] ?? '';
  // A process that began at another time has only inherited the number.
  return started === '' || startOf(pid) === started ? 'alive' : 'dead';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold anything, so counting starts after it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Boot and process-id namespace on Linux; the host's name elsewhere, where containers share no ids with it anyway. */
function hostIdentity(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
