import { availableParallelism, totalmem } from 'node:os';

/** How the isolate backend is laid out; everything has a default. */
export interface IsolateOptions {
  /** Host processes of one tenant at most. Default: one a core. */
  readonly hostProcesses?: number | undefined;
  /** Host processes that wait, already started, for a tenant: at least so many, more where tenants come often; 0: none. Default 1. */
  readonly spareHosts?: number | undefined;
  /** How long a tenant's host process without jobs is kept, in milliseconds. Default 60 000. */
  readonly idleMs?: number | undefined;
  /** What all host processes and the limits of their jobs may come to, in MiB. Default: half of the machine's memory. */
  readonly memoryBudgetMb?: number | undefined;
  /** Isolates that wait in each host process. Default 4. */
  readonly spareIsolates?: number | undefined;
  /** Jobs at one time. Default: two a core, at least 4. */
  readonly slots?: number | undefined;
}

/** {@link IsolateOptions} with nothing left open. */
export type IsolateSettings = { readonly [name in keyof IsolateOptions]-?: number };

/** Fills in the defaults. */
export function resolveOptions(options: IsolateOptions): IsolateSettings {
  const cores = availableParallelism();
  // In a container the machine's memory is not what may be used; 0 or more than there is means no limit.
  const memory = Math.min(process.constrainedMemory() || totalmem(), totalmem());
  return {
    hostProcesses: options.hostProcesses ?? cores,
    spareHosts: options.spareHosts ?? 1,
    idleMs: options.idleMs ?? 60_000,
    memoryBudgetMb: options.memoryBudgetMb ?? Math.floor(memory / 2 / 1_048_576),
    spareIsolates: options.spareIsolates ?? 4,
    slots: options.slots ?? Math.max(4, 2 * cores),
  };
}
