import type { HostProcess } from './host-process.ts';

/** The host processes that are there, and the memory that they may come to take. */
export class HostRegistry implements Iterable<HostProcess> {
  readonly #hosts = new Set<HostProcess>();
  readonly #hostMb: number;
  readonly #memoryBudgetMb: number;

  /** `hostMb` is what each host counts for before its jobs. */
  constructor(hostMb: number, memoryBudgetMb: number) {
    this.#hostMb = hostMb;
    this.#memoryBudgetMb = memoryBudgetMb;
  }

  [Symbol.iterator](): Iterator<HostProcess> {
    return this.#hosts.values();
  }

  get isEmpty(): boolean {
    return this.#hosts.size === 0;
  }

  add(host: HostProcess): void {
    this.#hosts.add(host);
  }

  /** Whether it was there. */
  delete(host: HostProcess): boolean {
    return this.#hosts.delete(host);
  }

  /** The hosts of a tenant that jobs may be sent to; without one, those that wait for a tenant. */
  of(tenant: string | undefined): HostProcess[] {
    return [...this.#hosts].filter((host) => host.usable && host.tenant === tenant);
  }

  /** How many are on their way up. */
  get starting(): number {
    return [...this.#hosts].filter((host) => host.usable && !host.isReady).length;
  }

  /** Tenants' hosts without a job for so long; the one that was used longest ago comes first. */
  idle(ms: number): HostProcess[] {
    const since = performance.now() - ms;
    return [...this.#hosts]
      .filter(({ usable, running, tenant, idleSince }) => {
        return usable && running.size === 0 && tenant !== undefined && idleSince <= since;
      })
      .sort((a, b) => a.idleSince - b.idleSince);
  }

  /** What the hosts that are there may come to take, in MiB. */
  get promisedMb(): number {
    let sum = 0;
    for (const host of this.#hosts) {
      if (!host.usable) continue;
      sum += this.#hostMb;
      for (const { limits } of host.running.values()) sum += limits.memoryMb;
    }
    return sum;
  }

  /** Whether so much more fits into the budget. */
  hasRoom(neededMb: number): boolean {
    return this.promisedMb + neededMb <= this.#memoryBudgetMb;
  }

  /** Retires one of `hosts` after the other until so much more fits into the budget; whether it does. */
  retire(hosts: readonly HostProcess[], neededMb: number): boolean {
    for (const host of hosts) {
      if (this.hasRoom(neededMb)) return true;
      host.kill({ kind: 'retired' });
    }
    return this.hasRoom(neededMb);
  }
}
