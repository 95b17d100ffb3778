import { readFile } from 'node:fs/promises';
import pidusage from 'pidusage';

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
