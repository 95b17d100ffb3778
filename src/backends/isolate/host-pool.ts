import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolStats } from '../../contract/api/backend-reports.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { HostLauncher } from '../../contract/spi/host-launcher.ts';
import type { Job } from '../../contract/spi/job.ts';
import { abortable } from '../../support/abortable.ts';
import { memoryBudgetMb } from './host-memory.ts';
import { type HostPoolListener, type HostPoolProgram, HostProcess } from './host-process.ts';
import { HostRegistry } from './host-registry.ts';
import type { IsolateSettings } from './options.ts';
import { probeAnswer, probeJob, runReadinessProbe } from './readiness-probe.ts';
import type { RunningJob } from './running-job.ts';
import { SpareDemand, spareDelayMs } from './spare-demand.ts';
import { Watchdog } from './watchdog.ts';

/** Memory of a host process without its jobs for the memory budget, in MiB, unless its program has another number. */
const usualHostMb = 96;
/** Time in which a waiting host must run a readiness probe, in milliseconds. */
const probeMaxMs = 10_000;
/**
 * Number of probes. V8 compiles and optimizes a job's path with each, which saves up to a quarter of a tenant's first
 * call (docs/decisions/0028).
 */
const probes = 5;
/**
 * Pause between two probes, in milliseconds, so that a guest is ready for the next one and a call that arrives is not
 * held up.
 */
const probePauseMs = 6;
/** If memory is short, a tenant whose host was idle for this long loses it to a spare host, in milliseconds. */
const restMs = 1_000;

/** A job's port to a host process. */
export interface HostLease {
  readonly host: HostProcess;
  readonly running: RunningJob;
  /** Whether the host was ready before. */
  readonly warm: boolean;
}

/**
 * All host processes. A waiting host belongs to no tenant; the first job of a tenant binds it to that tenant for good,
 * and it is killed after it was idle for a time. Tenants never share a host. The number of waiting hosts follows from
 * how often tenants arrive, as in the cell pool; docs/decisions/0018 says why this is not such a pool.
 */
export class HostPool {
  readonly #settings: IsolateSettings;
  readonly #launcher: HostLauncher;
  readonly #program: HostPoolProgram;
  readonly #listener: HostPoolListener;
  readonly #hostMb: number;
  readonly #hosts: HostRegistry;
  readonly #demand: SpareDemand;
  readonly #watchdog: Watchdog = new Watchdog(() => this.#hosts);
  #spareTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    settings: IsolateSettings,
    launcher: HostLauncher,
    program: HostPoolProgram,
    listener: HostPoolListener = {},
  ) {
    this.#settings = settings;
    this.#launcher = launcher;
    this.#program = program;
    this.#listener = listener;
    this.#hostMb = program.idleMb ?? usualHostMb;
    this.#hosts = new HostRegistry(this.#hostMb, settings.memoryBudgetMb);
    this.#demand = new SpareDemand(settings.spareHosts);
  }

  /**
   * Finds the tenant's host with the fewest jobs, or binds one to the tenant, and opens a port to it: at once if that
   * host is ready.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE`; `signal.reason` once `signal` is aborted.
   */
  lease(job: Job, signal: AbortSignal): HostLease | Promise<HostLease> {
    signal.throwIfAborted();
    const host = this.#choose(job);
    if (!host.isReady || host.awaitsStop) return this.#leaseLater(job, host, signal);
    const running = host.open(job);
    this.#leased();
    return { host, running, warm: true };
  }

  /** Whether no host runs or starts. */
  get isEmpty(): boolean {
    return this.#hosts.isEmpty;
  }

  /** Makes sure that a host waits for the next tenant. */
  async prepare(signal: AbortSignal): Promise<void> {
    const host = this.#hosts.of(undefined)[0] ?? this.#start();
    host.hold();
    try {
      await abortable(host.ready, signal);
    } finally {
      host.unhold();
    }
  }

  /** From now on keeps `count` hosts waiting; settles when they wait. Removes hosts above that number. */
  async warm(count: number, signal: AbortSignal): Promise<readonly HostProcess[]> {
    const { memoryBudgetMb } = this.#settings;
    const hostMb = this.#hostMb;
    if (count * hostMb > memoryBudgetMb) {
      const message =
        `There is no room for ${count} host processes: each takes ${hostMb} MiB, and isolate.memoryBudgetMb is ` +
        `${memoryBudgetMb}. Ask for fewer, or raise it.`;
      throw new HotcellError('INVALID_REQUEST', message);
    }
    this.#demand.asked = count;
    const waiting = this.#hosts.of(undefined);
    while (waiting.length < count) waiting.push(this.#start());
    for (const host of waiting.splice(Math.max(count, this.#settings.spareHosts))) host.kill({ kind: 'retired' });
    for (const host of waiting) host.hold();
    try {
      await abortable(Promise.all(waiting.map((host) => host.ready)), signal);
    } finally {
      for (const host of waiting) host.unhold();
    }
    return waiting;
  }

  /** The hosts that wait for a tenant. */
  spares(): PoolStats {
    const waiting = this.#hosts.of(undefined);
    const ready = waiting.filter((host) => host.isReady).length;
    const making = waiting.length - ready;
    return { profile: 'host process', ready, making, waiting: 0, ...this.#demand.stats };
  }

  /** Kills all hosts and waits until they have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#spareTimer);
    clearTimeout(this.#idleTimer);
    this.#watchdog.stop();
    const hosts = [...this.#hosts];
    for (const host of hosts) {
      host.hold();
      host.kill({ kind: 'closed' });
    }
    await Promise.all(hosts.map((host) => host.exit));
    await this.#launcher.close();
  }

  /** @param chosen the host for the job, if it is not ready or may be killed soon */
  async #leaseLater(job: Job, chosen: HostProcess, signal: AbortSignal): Promise<HostLease> {
    let host = chosen;
    // The answer usually comes at once. Without one the host is killed, and this job must not die with it.
    while (host.awaitsStop) {
      await abortable(host.stopSettled(), signal);
      host = this.#choose(job);
    }
    const warm = host.isReady;
    // The port is opened before the host is ready, so that concurrent calls count each other.
    const running = host.open(job);
    try {
      if (!warm) await abortable(host.ready, signal);
    } catch (error) {
      host.release(running);
      throw error;
    }
    this.#leased();
    return { host, running, warm };
  }

  #leased(): void {
    this.#watchdog.wake();
    this.#planSpares();
  }

  #choose(job: Job): HostProcess {
    if (this.#closed) throw new HotcellError('BACKEND_UNAVAILABLE', 'The isolate backend is closed.', { ran: 'no' });
    const { hostProcesses } = this.#settings;
    const own = this.#hosts
      .of(job.tenant)
      .filter((host) => this.#fits(job, host))
      .sort((a, b) => Number(a.awaitsStop) - Number(b.awaitsStop) || a.running.size - b.running.size);
    const best = own[0];
    const spare = this.#hosts.of(undefined).sort((a, b) => Number(b.isReady) - Number(a.isReady))[0];
    // A second host helps at once only if it is ready; the first one is needed in any case.
    const isMoreWelcome = best && best.running.size > 0 && own.length < hostProcesses && spare?.isReady;
    if (best && !isMoreWelcome) {
      this.#makeRoom(job, best);
      return best;
    }
    this.#makeRoom(job, spare);
    const host = spare ?? this.#start();
    host.tenant = job.tenant;
    this.#demand.bound(host.isReady);
    return host;
  }

  /**
   * Whether the host's place has memory for one more job. An idle host takes any job, because another host would have
   * no more.
   */
  #fits({ limits }: Job, { running }: HostProcess): boolean {
    if (!this.#launcher.limitsMemory || running.size === 0) return true;
    const all = [...running.values()].map((job) => job.limits);
    return memoryBudgetMb([...all, limits], this.#program.idleMb) <= this.#program.memoryMb;
  }

  /** Retires unneeded hosts until the job fits into the budget, on `host` or on a new one. */
  #makeRoom(job: Job, host: HostProcess | undefined): void {
    const neededMb = job.limits.memoryMb + (host ? 0 : this.#hostMb);
    if (this.#hosts.hasRoom(neededMb)) return;
    const others = this.#hosts.idle(0).filter(({ tenant }) => tenant !== job.tenant);
    const waiting = this.#hosts.of(undefined).filter((spare) => spare !== host);
    if (this.#hosts.retire([...others, ...waiting], neededMb)) return;
    throw new HotcellError(
      'BACKEND_UNAVAILABLE',
      `No room for a job of ${job.limits.memoryMb} MiB: running jobs and host processes already use ${this.#hosts.promisedMb} of ${this.#settings.memoryBudgetMb} MiB.`,
      { ran: 'no', retryAfterMs: 1_000 },
    );
  }

  #start(): HostProcess {
    const startedAt = performance.now();
    const { onMessage } = this.#listener;
    const owner = { onChange: (host: HostProcess) => this.#onChange(host), ...(onMessage && { onMessage }) };
    const host = new HostProcess(this.#launcher.launch(this.#program), owner, this.#program.idleMb);
    this.#hosts.add(host);
    this.#listener.onStart?.(host);
    const onReady = (): void => {
      const ms = performance.now() - startedAt;
      this.#demand.started(ms);
      this.#listener.cameUp?.(host, ms);
      if (host.tenant === undefined) void this.#probe(host);
      this.#planSpares();
    };
    // After a failed start no other host is started; the next call reports the reason.
    host.ready.then(onReady, () => undefined);
    return host;
  }

  /** Makes a waiting host run readiness probes. A host that fails one is killed. */
  async #probe(host: HostProcess): Promise<void> {
    for (let probe = 0; probe < probes && host.tenant === undefined && host.usable; probe += 1) {
      if (!(await this.#passesProbe(host))) return host.kill({ kind: 'unanswered' });
      await sleep(probePauseMs, undefined, { ref: false });
    }
  }

  async #passesProbe(host: HostProcess): Promise<boolean> {
    const running = host.open(probeJob);
    running.startedAt = performance.now();
    this.#watchdog.wake();
    try {
      return (await runReadinessProbe(running, AbortSignal.timeout(probeMaxMs))) === probeAnswer;
    } catch {
      // The host died or did not answer.
      return false;
    } finally {
      host.release(running);
    }
  }

  #onChange(host: HostProcess): void {
    if (host.exited) {
      if (this.#hosts.delete(host)) this.#listener.ended?.(host);
    } else if (host.poisoned && host.running.size === 0) host.kill({ kind: 'retired' });
    else this.#planRetirement();
    if (host.tenant !== undefined && !host.usable) this.#planSpares();
  }

  /**
   * Starts missing hosts, one after the other; if they go missing faster, at most as many at once as there are cores.
   */
  #planSpares(): void {
    if (this.#spareTimer || this.#closed || this.#hosts.of(undefined).length >= this.#demand.wanted) return;
    this.#spareTimer = setTimeout(() => {
      this.#spareTimer = undefined;
      const waiting = this.#hosts.of(undefined);
      if (this.#hosts.starting >= availableParallelism() || waiting.length >= this.#demand.wanted) return;
      if (!this.#hosts.retire(this.#hosts.idle(restMs), this.#hostMb)) return;
      this.#start();
      this.#planSpares();
    }, spareDelayMs).unref();
  }

  #planRetirement(): void {
    if (this.#idleTimer) return;
    const { idleMs } = this.#settings;
    const [longest] = this.#hosts.idle(0);
    const restedMs = longest ? performance.now() - longest.idleSince : 0;
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined;
      for (const host of this.#hosts.idle(idleMs)) host.kill({ kind: 'retired' });
      for (const host of this.#hosts.of(undefined).slice(this.#demand.wanted)) host.kill({ kind: 'retired' });
      if (this.#hosts.idle(0).length > 0) this.#planRetirement();
    }, idleMs - restedMs).unref();
  }
}
