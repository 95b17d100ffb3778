/**
 * Labels that say which process made a container, so that another engine can tell whether that process still lives. A
 * process id is only valid within one process-id namespace of one boot of one host.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The labels of every container of hotcell. */
export const ownerLabels = {
  /** Random name of the engine instance. */
  owner: 'hotcell.owner',
  pid: 'hotcell.pid',
  /** When that process started, in the kernel's clock ticks; empty if the system does not report it. */
  pidStarted: 'hotcell.pid-started',
  /** The process-id namespace that `pid` belongs to. */
  host: 'hotcell.host',
  /** Time at which the container was made: ISO 8601, UTC. */
  born: 'hotcell.born',
} as const;

/** One engine instance, as the labels of its containers name it. */
export interface Owner {
  readonly id: string;
  /** The labels for a container that is made now. */
  labels(): Readonly<Record<string, string>>;
}

/** Makes the owner of a new engine instance in this process. */
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

/** Whether the labels' process lives; `unknown` if it is not in this process's own namespace. */
export function ownerState(labels: Readonly<Record<string, string>>): 'alive' | 'dead' | 'unknown' {
  if (labels[ownerLabels.host] !== hostIdentity()) return 'unknown';
  const pid = Number(labels[ownerLabels.pid]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return 'unknown';
  if (!isAlive(pid)) return 'dead';
  const started = labels[ownerLabels.pidStarted] ?? '';
  // A process with another start time only has the same number.
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

/** Field 22 of /proc/PID/stat. The name in field 2 may contain anything, so counting starts after it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/**
 * Boot and process-id namespace on Linux; elsewhere the host's name, because containers share no process ids with it
 * there.
 */
function hostIdentity(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
