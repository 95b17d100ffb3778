import { readFile } from 'node:fs/promises';
import pidusage from 'pidusage';
import type { Limits } from '../../contract/api/limits.ts';

/** The kernel's count for a process, on Linux. It does not depend on the page size. */
const residentLine = /^VmRSS:\s+(\d+) kB$/m;

/**
 * Resident memory of a process, in bytes; 0 once it has ended. On systems with `/proc`, pidusage is not used: it leaks
 * a descriptor for each process that ends during the measurement (docs/decisions/0013).
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

/** A host process without jobs, with its spare isolates: 70 to 90 MiB were measured; twice that is allowed. */
const hostMb = 192;
/** isolated-vm calls its limit a guideline: a guest may exceed it 2 to 3 times before it is stopped. */
const overshoot = 2;
/** Memory for each job outside of the heap: compiler, parser and other parts of V8. */
const jobMb = 128;

/** Most memory of a host process, in MiB, with jobs of these limits. Above that, one of the jobs took too much. */
export function memoryBudgetMb(jobs: readonly Limits[], idleMb: number = hostMb): number {
  return jobs.reduce((sum, { memoryMb, diskMb }) => sum + memoryMb * overshoot + diskMb + jobMb, idleMb);
}
