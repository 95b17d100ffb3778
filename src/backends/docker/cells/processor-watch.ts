/**
 * Theory of operation. gVisor's kernel counts a process as busy for as long as it could run, whether or not the host gave
 * it a processor meanwhile: on a busy host, or with several processes on one processor, it counts several times what was
 * used. So there a runner does not believe its own count until the host, whose count is right, says that so much was used
 * as well. The host is asked when that could be so at the earliest, and so not at all for most jobs: a job whose processors
 * cannot use up its time before the clock stops it is not watched.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from '../../../contract/api/limits.ts';

/** What a {@link ProcessorWatch} watches. */
export interface WatchedContainer {
  /** Processors that it may keep busy. */
  readonly cpus: number;
  /** Processor time that all of it has used since its start, in milliseconds, by the host's count. */
  usedMs(signal: AbortSignal): Promise<number>;
}

/** The shortest time between two looks, and how long to wait where there was no answer. */
const lookMs = 50;
const retryMs = 250;

/** Watches the processor time of a container's jobs, one at a time. */
export class ProcessorWatch {
  readonly #container: WatchedContainer;
  readonly #spent: (usedMs: number) => void;
  #job: AbortController | undefined;

  /** @param spent is called once for each job that has used up its `cpuMs`, with what it has used. */
  constructor(container: WatchedContainer, spent: (usedMs: number) => void) {
    this.#container = container;
    this.#spent = spent;
  }

  /** A job begins. */
  begin(limits: Pick<Limits, 'timeoutMs' | 'cpuMs'>): void {
    this.end();
    if (limits.cpuMs >= limits.timeoutMs * this.#container.cpus) return;
    const job = new AbortController();
    this.#job = job;
    this.#watch(limits.cpuMs, job.signal).catch(() => {
      // Nothing but the end of the job ends a watch.
    });
  }

  /** The job is over. */
  end(): void {
    this.#job?.abort();
    this.#job = undefined;
  }

  async #watch(cpuMs: number, signal: AbortSignal): Promise<void> {
    // What the job used before the first answer is not held against it.
    const before = await this.#usedMs(signal);
    let used = 0;
    while (used < cpuMs) {
      await sleep(Math.max((cpuMs - used) / this.#container.cpus, lookMs), undefined, { signal, ref: false });
      used = (await this.#usedMs(signal)) - before;
    }
    signal.throwIfAborted();
    this.#spent(used);
  }

  /** Asks until there is an answer: without one, the clock alone bounds the job. */
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
