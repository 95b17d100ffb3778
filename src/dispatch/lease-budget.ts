import type { Backend } from '../contract/spi/backend.ts';
import type { Job } from '../contract/spi/job.ts';

const graceMs = 500;
/** For backends that set no time of their own. Those whose cells need a new host process give its start more time. Less would refuse short jobs just because the machine is busy. Backends notice a peer that hangs much sooner by themselves. */
export const leaseMinMs = 10_000;

/** How long a cell may take to come, in milliseconds: the job's `timeoutMs` and half a second, but never less than the backend needs. */
export function leaseBudgetMs({ limits }: Pick<Job, 'limits'>, backend: Pick<Backend, 'leaseMinMs'>): number {
  return Math.max(limits.timeoutMs + graceMs, backend.leaseMinMs ?? leaseMinMs);
}
