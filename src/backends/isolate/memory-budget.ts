import type { Limits } from '../../contract/limits.ts';

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
