import { availableParallelism, totalmem } from 'node:os';

/** Containers that the jobs of one tenant share, where they ask for `isolation: 'tenant'`. */
export interface TenantOptions {
  /** Jobs that run in one container at one time. Default: as many as the backend runs at all. */
  readonly jobs?: number | undefined;
  /** What the jobs of one container may hold together, in MiB; their own limits never come to more. Default: half of the machine's memory. */
  readonly memoryMb?: number | undefined;
  /** Processors that one container may keep busy. Default: all but a quarter of one, which keeps the engine itself in time; at least 1. */
  readonly cpus?: number | undefined;
  /** A tenant's container without jobs goes after so long, in milliseconds. Default 60 000. */
  readonly idleMs?: number | undefined;
  /** After so many jobs a container takes no more, and goes with its last one. Default 10 000. */
  readonly maxJobs?: number | undefined;
  /** Containers at one time, whosever they are; beyond that, idle ones go first. Default 16. */
  readonly containers?: number | undefined;
  /** Containers that wait for a tenant, of each language that was used lately. Default 1. */
  readonly spares?: number | undefined;
}

/** {@link TenantOptions} with nothing left open. */
export type TenantSettings = { readonly [name in keyof TenantOptions]-?: number };

/** Fills in the defaults. `slots` is how many jobs the backend runs at one time. */
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
