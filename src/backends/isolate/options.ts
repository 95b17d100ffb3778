import { availableParallelism, totalmem } from 'node:os';

/** Settings of the isolate backend; all have defaults. */
export interface IsolateOptions {
  /** Most host processes of one tenant. Default: one for each core. */
  readonly hostProcesses?: number | undefined;
  /**
   * Started host processes that wait for a tenant: at least this number, more if tenants arrive often; 0: no hosts.
   * Default 1.
   */
  readonly spareHosts?: number | undefined;
  /** How long a tenant's host process is kept without jobs, in milliseconds. Default 60 000. */
  readonly idleMs?: number | undefined;
  /** Most memory of all host processes and the limits of their jobs, in MiB. Default: half of the machine's memory. */
  readonly memoryBudgetMb?: number | undefined;
  /** Isolates that are made in advance in each host process. Default 4. */
  readonly spareIsolates?: number | undefined;
  /** Jobs that run at one time. Default: two for each core, at least 4. */
  readonly slots?: number | undefined;
}

/** {@link IsolateOptions} with all defaults filled in. */
export type IsolateSettings = { readonly [name in keyof IsolateOptions]-?: number };

/** Fills in the defaults. */
export function resolveOptions(options: IsolateOptions): IsolateSettings {
  const cores = availableParallelism();
  // In a container not all of the machine's memory may be used. 0, or more than the machine has, means no limit.
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
