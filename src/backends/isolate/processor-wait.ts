import { readFile } from 'node:fs/promises';

/**
 * How long the main thread of a process was ready to run and got no processor, in milliseconds since its start;
 * `undefined` if this machine does not tell, or the process is gone.
 */
export async function readProcessorWaitMs(pid: number): Promise<number | undefined> {
  try {
    // Nanoseconds that it ran, nanoseconds that it waited, number of turns.
    const [, waited] = (await readFile(`/proc/${pid}/task/${pid}/schedstat`, 'latin1')).split(' ');
    const ms = Number(waited) / 1e6;
    return Number.isFinite(ms) ? ms : undefined;
  } catch {
    return undefined;
  }
}
