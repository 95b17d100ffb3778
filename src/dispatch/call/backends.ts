import type { EngineStats } from '../../contract/api/backend-reports.ts';
import type { HotcellError } from '../../contract/api/errors.ts';
import type { Backend } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { type Routing, routeAround } from '../request/route.ts';
import type { AdmissionOptions } from './admission.ts';
import { FreshCells } from './fresh-cells.ts';

/** The backends of an engine, and the routes of jobs to them. */
export interface BackendsOptions {
  /** In order of preference if two run the same language. */
  readonly backends: readonly Backend[];
  readonly routing: Routing;
  readonly queue: Omit<AdmissionOptions, 'slots'>;
  readonly events: EventHub;
}

/** How long the check of a backend's availability may take, in milliseconds, for jobs without a signal. */
const routeMaxMs = 10_000;

/** The backends of one engine, each with its queue. */
export class Backends {
  readonly #backends: readonly Backend[];
  readonly #routing: Routing;
  readonly #cells: ReadonlyMap<Backend, FreshCells>;

  constructor({ backends, routing, queue, events }: BackendsOptions) {
    this.#backends = backends;
    this.#routing = routing;
    this.#cells = new Map(backends.map((backend) => [backend, new FreshCells(backend, queue, events)]));
  }

  /**
   * Returns the cells of the backend that serves the job.
   * @throws {HotcellError} as `routeJob` does.
   */
  async route(job: Job): Promise<FreshCells> {
    const signal = job.signal ?? AbortSignal.timeout(routeMaxMs);
    const backend = await routeAround(job, this.#backends, this.#routing, signal);
    const cells = this.#cells.get(backend);
    if (!cells) throw new Error(`backend ${backend.name} is not one of this engine`);
    return cells;
  }

  /** Refuses all waiting and all later jobs. */
  close(refusal: HotcellError): void {
    for (const { queue } of this.#cells.values()) queue.close(refusal);
  }

  stats(): EngineStats {
    const rows = [...this.#cells.values()].map(({ backend, queue: { running, waiting } }) => {
      return [backend.name, { running, waiting, pool: backend.pool() }] as const;
    });
    return Object.fromEntries(rows);
  }
}
