import type { HostProcess } from './host-process.ts';

/** The host processes, and the sum of their memory budgets. */
export class HostRegistry implements Iterable<HostProcess> {
  readonly #hosts = new Set<HostProcess>();
  readonly #hostMb: number;
  readonly #memoryBudgetMb: number;

  /** `hostMb`: memory of each host without its jobs, in MiB. */
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

  /** Returns whether it was there. */
  delete(host: HostProcess): boolean {
    return this.#hosts.delete(host);
  }

  /** The usable hosts of a tenant; without a tenant, the hosts that wait for one. */
  of(tenant: string | undefined): HostProcess[] {
    return [...this.#hosts].filter((host) => host.usable && host.tenant === tenant);
  }

  /** Number of hosts that are starting. */
  get starting(): number {
    return [...this.#hosts].filter((host) => host.usable && !host.isReady).length;
  }

  /** Hosts of tenants that had no job for `ms` milliseconds; the one that was used longest ago comes first. */
  idle(ms: number): HostProcess[] {
    const since = performance.now() - ms;
    return [...this.#hosts]
      .filter(({ usable, running, tenant, idleSince }) => {
        return usable && running.size === 0 && tenant !== undefined && idleSince <= since;
      })
      .sort((a, b) => a.idleSince - b.idleSince);
  }

  /** Sum of the memory that the hosts may use, in MiB. */
  get promisedMb(): number {
    let sum = 0;
    for (const host of this.#hosts) {
      if (!host.usable) continue;
      sum += this.#hostMb;
      for (const { limits } of host.running.values()) sum += limits.memoryMb;
    }
    return sum;
  }

  /** Whether `neededMb` more fits into the budget. */
  hasRoom(neededMb: number): boolean {
    return this.promisedMb + neededMb <= this.#memoryBudgetMb;
  }

  /** Retires `hosts` one after the other until `neededMb` more fits into the budget; returns whether it fits. */
  retire(hosts: readonly HostProcess[], neededMb: number): boolean {
    for (const host of hosts) {
      if (this.hasRoom(neededMb)) return true;
      host.kill({ kind: 'retired' });
    }
    return this.hasRoom(neededMb);
  }
}
