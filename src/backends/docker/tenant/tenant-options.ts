import { availableParallelism, totalmem } from 'node:os';

/** Containers that the jobs of one tenant share, if they ask for `isolation: 'tenant'`. */
export interface TenantOptions {
  /** Jobs that run in one container at one time. Default: the backend's number of slots. */
  readonly jobs?: number | undefined;
  /**
   * Most memory of all jobs of one container together, in MiB; the sum of their limits is never above it. Default: half
   * of the machine's memory.
   */
  readonly memoryMb?: number | undefined;
  /**
   * Processors that one container may use. Default: all except a quarter of one, which keeps the engine responsive; at
   * least 1.
   */
  readonly cpus?: number | undefined;
  /** Time, in milliseconds, after which a tenant's container without jobs is removed. Default 60 000. */
  readonly idleMs?: number | undefined;
  /** Jobs after which a container takes no more, and is removed with its last one. Default 10 000. */
  readonly maxJobs?: number | undefined;
  /**
   * Most containers at one time, of all tenants. To make one more, the container that was idle for the longest time is
   * removed. Default 16.
   */
  readonly containers?: number | undefined;
  /** Containers that wait for a tenant, for each recently used language. Default 1. */
  readonly spares?: number | undefined;
}

/** {@link TenantOptions} with all defaults filled in. */
export type TenantSettings = { readonly [name in keyof TenantOptions]-?: number };

/** Fills in the defaults. `slots`: jobs that the backend runs at one time. */
export function resolveTenantOptions(options: TenantOptions, slots: number): TenantSettings {
  return {
    jobs: options.jobs ?? slots,
    memoryMb: options.memoryMb ?? Math.floor(totalmem() / 2 / 1_048_576),
    cpus: options.cpus ?? Math.max(1, availableParallelism() - 0.25),
    idleMs: options.idleMs ?? 60_000,
    maxJobs: options.maxJobs ?? 10_000,
    containers: options.containers ?? 16,
    spares: options.spares ?? 1,
  };
}
