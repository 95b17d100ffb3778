import { readFile } from 'node:fs/promises';
import pidusage from 'pidusage';
import type { Limits } from '../../contract/api/limits.ts';

/** The kernel's own account of a process, on Linux; the size of its pages does not matter to it. */
const residentLine = /^VmRSS:\s+(\d+) kB$/m;

/**
 * Resident memory of a process, in bytes; 0 once it is gone. Not by pidusage where `/proc` is: it keeps the descriptor of
 * each process that dies while it is looked at (docs/decisions/0013).
 */
export async function readResidentBytes(pid: number): Promise<number> {
  try {
    if (process.platform !== 'linux') return (await pidusage(pid)).memory;
    const status = await readFile(`/proc/${pid}/status`, 'latin1');
    return Number(residentLine.exec(status)?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** A host process without jobs, its spare isolates included: 70 to 90 MiB were measured; twice that is allowed. */
const hostMb = 192;
/** isolated-vm calls its limit a guideline that a guest may exceed 2 to 3 times before it is stopped. */
const overshoot = 2;
/** Compiler, parser and other memory of V8 outside of the heap, for each job. */
const jobMb = 128;

/** What a host process may come to take, in MiB, with jobs of these limits. Above that, one of them took too much. */
export function memoryBudgetMb(jobs: readonly Limits[], idleMb: number = hostMb): number {
  return jobs.reduce((sum, { memoryMb, diskMb }) => sum + memoryMb * overshoot + diskMb + jobMb, idleMb);
}
