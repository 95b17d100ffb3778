/**
 * Theory of operation. JavaScript and TypeScript run in V8 isolates. Isolates live in host processes, never in the
 * caller's process: memory bombs, native crashes and code that nothing can interrupt destroy only a host process. A
 * lease opens a port to a host process of the job's tenant (`host-pool.ts`); the isolate is made there when the `job`
 * message arrives (`host/main.ts`). Nothing starts before the first lease, and a host process without jobs never keeps
 * the caller's process alive.
 */

import { defaultCeilings, type Limits } from '../../contract/api/limits.ts';
import type { Backend } from '../../contract/spi/backend.ts';
import type { HostLauncher } from '../../contract/spi/host-launcher.ts';
import type { Job } from '../../contract/spi/job.ts';
import { runStep } from '../../contract/spi/run-step.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { checkIsolates } from './doctor.ts';
import { hostArguments } from './host-arguments.ts';
import { hostEvents } from './host-events.ts';
import { memoryBudgetMb } from './host-memory.ts';
import { type HostLease, HostPool } from './host-pool.ts';
import { startMaxMs } from './host-process.ts';
import { IsolateCell } from './isolate-cell.ts';
import { type IsolateOptions, resolveOptions } from './options.ts';
import { createProcessLauncher } from './process-launcher.ts';

export type { IsolateOptions } from './options.ts';

/** Settings of the isolate backend that the engine decides. */
export interface IsolatePlacement {
  /** Where host processes run. Default: beside the caller's own process. */
  readonly launcher?: HostLauncher | undefined;
  /** The highest limits that a job can have. */
  readonly ceilings?: Limits | undefined;
  /** Receives events about the host processes. */
  readonly events?: EventHub | undefined;
}

/** Smallest memory of a place with a fixed memory limit, in MiB: four jobs with the default limits. */
const placeMb = 3_072;

/** A lease may wait for the start of its host; the rest takes little time. */
const leaseMs = startMaxMs + 1_000;

function cellOf({ host, running, warm }: HostLease, { isolation }: Job): IsolateCell {
  return new IsolateCell(host, running, { backend: 'isolate', isolation, runtime: 'v8', warm });
}

/** Makes the isolate backend. Starts no process and no timer. */
export function createIsolateBackend(options: IsolateOptions = {}, placement: IsolatePlacement = {}): Backend {
  const settings = resolveOptions(options);
  const { launcher = createProcessLauncher(), ceilings = defaultCeilings, events } = placement;
  const hostPool = new HostPool(
    settings,
    launcher,
    {
      nodeArguments: (home) => hostArguments({ spareIsolates: settings.spareIsolates, loadsRuntimes: false }, home),
      memoryMb: Math.max(placeMb, memoryBudgetMb([ceilings])),
    },
    hostEvents('isolate', events),
  );
  return {
    name: 'isolate',
    languages: ['javascript', 'typescript'],
    slots: settings.slots,
    leaseMs,
    canBeMissing: false,
    isAvailable: () => Promise.resolve(true),
    lease(job, signal) {
      const lease = hostPool.lease(job, signal);
      return lease instanceof Promise ? lease.then((late) => cellOf(late, job)) : cellOf(lease, job);
    },
    async warm(_job, count, signal) {
      await hostPool.warm(count, signal);
    },
    pool: () => [hostPool.spares()],
    async prepare(report, signal) {
      await launcher.prepare(report, signal);
      const startedAt = performance.now();
      const start = async (): Promise<string> => {
        await hostPool.prepare(signal);
        return `ready after ${Math.round(performance.now() - startedAt)} ms`;
      };
      await runStep('isolate host process', report, start, 'starting');
    },
    check: (signal) => checkIsolates(hostPool, signal),
    close: () => hostPool.close(),
  };
}
