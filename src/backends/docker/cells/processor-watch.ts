/**
 * Theory of operation. gVisor's kernel counts a process as busy while it could run, even if the host gave it no
 * processor. On a busy host, or with several processes on one processor, it counts several times the time that was
 * used. So with gVisor, a runner does not trust its own count until the host, which counts correctly, confirms it. The
 * host is asked at the earliest time at which the limit can be reached. Most jobs are not watched: those that cannot
 * use up their processor time before the clock stops them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from '../../../contract/api/limits.ts';

/** The container that a {@link ProcessorWatch} watches. */
export interface WatchedContainer {
  /** Processors that it may use. */
  readonly cpus: number;
  /** Processor time of the whole container since its start, in milliseconds, by the host's count. */
  usedMs(signal: AbortSignal): Promise<number>;
}

/** Shortest time between two checks, and the pause after a check without an answer. */
const lookMs = 50;
const retryMs = 250;

/** Watches the processor time of a container's jobs, one at a time. */
export class ProcessorWatch {
  readonly #container: WatchedContainer;
  readonly #spent: (usedMs: number) => void;
  #job: AbortController | undefined;

  /** @param spent is called once for each job that has used up its `cpuMs`, with the time that it has used. */
  constructor(container: WatchedContainer, spent: (usedMs: number) => void) {
    this.#container = container;
    this.#spent = spent;
  }

  begin(limits: Pick<Limits, 'timeoutMs' | 'cpuMs'>): void {
    this.end();
    if (limits.cpuMs >= limits.timeoutMs * this.#container.cpus) return;
    const job = new AbortController();
    this.#job = job;
    this.#watch(limits.cpuMs, job.signal).catch(() => {
      // Only the end of the job ends a watch.
    });
  }

  end(): void {
    this.#job?.abort();
    this.#job = undefined;
  }

  async #watch(cpuMs: number, signal: AbortSignal): Promise<void> {
    // The time that the job used before the first answer does not count against it.
    const before = await this.#usedMs(signal);
    let used = 0;
    while (used < cpuMs) {
      await sleep(Math.max((cpuMs - used) / this.#container.cpus, lookMs), undefined, { signal, ref: false });
      used = (await this.#usedMs(signal)) - before;
    }
    signal.throwIfAborted();
    this.#spent(used);
  }

  /** Asks until there is an answer. Without one, only the clock limits the job. */
  async #usedMs(signal: AbortSignal): Promise<number> {
    for (;;) {
      try {
        return await this.#container.usedMs(signal);
      } catch {
        await sleep(retryMs, undefined, { signal, ref: false });
      }
    }
  }
}
