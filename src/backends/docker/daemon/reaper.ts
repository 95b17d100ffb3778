/**
 * Theory of operation. A container is registered here by name before it is made, and released when its job is over.
 * Released containers are removed in the background, a few at a time, with retries until the daemon confirms.
 * Containers that were missed are found by their labels: at the first use and every minute after that, the reaper
 * removes containers of this engine that nobody holds, and containers of dead engines. The runners of an engine that
 * dies exit (their stdin ends) and leave stopped containers, which the next engine finds in the same way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventHub } from '../../../support/event-hub.ts';
import { Semaphore } from '../../../support/semaphore.ts';
import type { DaemonHealth } from './daemon-health.ts';
import type { DockerClient } from './docker-client.ts';
import { isOrphan, listCells } from './orphans.ts';
import { type Owner, ownerLabels } from './owner.ts';

/** Removals at one time; more would only queue up inside the daemon. */
const parallelRemovals = 4;
/** Pauses before the next try; the last one repeats. */
const retryDelaysMs = [100, 300, 1_000, 3_000] as const;
/**
 * After this time, a failing removal is left to the next sweep, so that a dead daemon does not keep the process alive.
 */
const removalTimeoutMs = 30_000;
const sweepEveryMs = 60_000;
/** Pause after a failed sweep. It is short, so that leftovers are found soon after the daemon is back. */
const sweepAgainMs = 5_000;

/** Receivers of what the reaper finds. */
export interface ReaperListeners {
  readonly events?: EventHub | undefined;
  readonly health?: DaemonHealth | undefined;
}

/** Makes sure that no container of this engine outlives its job. */
export class Reaper {
  readonly #client: DockerClient;
  readonly #owner: Owner;
  readonly #listeners: ReaperListeners;
  readonly #semaphore = new Semaphore(parallelRemovals);
  readonly #held = new Set<string>();
  readonly #removals = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #isClosing = false;
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(client: DockerClient, owner: Owner, listeners: ReaperListeners = {}) {
    this.#client = client;
    this.#owner = owner;
    this.#listeners = listeners;
  }

  /** Starts to look for leftovers: now and at intervals. Keeps no process alive. */
  start(): void {
    this.#sweeping = this.#sweep()
      .then(
        () => {
          this.#listeners.health?.answered();
          return sweepEveryMs;
        },
        // The daemon does not answer, so nothing can be removed now.
        () => {
          if (!this.#isClosing) this.#listeners.health?.failed();
          return sweepAgainMs;
        },
      )
      .then((pauseMs) => {
        if (!this.#isClosing) this.#sweepTimer = setTimeout(() => this.start(), pauseMs).unref();
      });
  }

  /** Registers a name, before the container is made. */
  register(name: string): void {
    this.#held.add(name);
  }

  /**
   * Kills and removes the container in the background, after `after` (for example its creation) has settled.
   * Idempotent.
   */
  release(name: string, after: Promise<unknown> = Promise.resolve()): void {
    if (!this.#held.delete(name)) return;
    const removal = after
      .catch(() => {})
      .then(async () => void (await this.#remove(name)))
      .finally(() => this.#removals.delete(name));
    this.#removals.set(name, removal);
  }

  /** Waits until all released containers are removed, then sweeps once more; gives up after `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#sweepTimer);
    for (const name of this.#held) this.release(name);
    const deadline = setTimeout(() => this.#stop.abort(), timeoutMs);
    await Promise.all([...this.#removals.values(), this.#sweeping]);
    await this.#sweep().catch(() => {});
    clearTimeout(deadline);
    this.#stop.abort();
  }

  /** Retries until the container is removed; returns `false` if that took too long. */
  async #remove(name: string): Promise<boolean> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(removalTimeoutMs)]);
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        using _ = await this.#semaphore.acquire(signal);
        await this.#client.remove(name, signal);
        return true;
      } catch {
        await sleep(retryDelaysMs[tries] ?? retryDelaysMs.at(-1), undefined, { signal }).catch(() => {});
      }
    }
    return false;
  }

  async #sweep(): Promise<void> {
    const { signal } = this.#stop;
    const isMine = (labels: Readonly<Record<string, string>>): boolean => labels[ownerLabels.owner] === this.#owner.id;
    const leftovers = (await listCells(this.#client, signal)).filter(({ name, labels, ...rest }) =>
      isMine(labels) ? !this.#held.has(name) && !this.#removals.has(name) : isOrphan({ name, labels, ...rest }),
    );
    const removed = await Promise.all(
      leftovers.map(async (leftover) => ((await this.#remove(leftover.name)) ? [leftover] : [])),
    );
    const orphans = removed.flat().filter(({ labels }) => !isMine(labels)).length;
    if (orphans > 0) this.#listeners.events?.emit?.({ type: 'orphans.removed', count: orphans });
  }
}
