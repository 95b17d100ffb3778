/**
 * Theory of operation. Jobs that ask for `isolation: 'tenant'` run in containers that only jobs of their tenant share.
 * In the container each job has its own process tree, namespaces and users. A tenant's first job binds a waiting
 * container, or has one made; all jobs that come meanwhile wait for the same one. A container takes as many jobs as
 * their number and the sum of their memory limits allow; if no container has room, another is made. A container is
 * removed after it was idle for a time, after a maximum number of jobs, or when its place is needed. The first
 * container finds out whether the host allows this. If not, all such jobs get fresh containers, which isolate more
 * strongly.
 */

import type { PoolStats } from '../../../contract/api/backend-reports.ts';
import { HotcellError } from '../../../contract/api/errors.ts';
import type { Job } from '../../../contract/spi/job.ts';
import { abortable } from '../../../support/abortable.ts';
import type { EventHub } from '../../../support/event-hub.ts';
import { openTenantContainer, type TenantContainerMaker } from './open-tenant-container.ts';
import type { TenantCell } from './tenant-cell.ts';
import type { TenantContainer } from './tenant-container.ts';
import type { TenantSettings } from './tenant-options.ts';

/** How a container for one image is made; `onChange` and `settings` are added here. */
export type TenantImage = Omit<TenantContainerMaker, 'onChange' | 'settings'>;

/**
 * A spare container for the next tenant is made this long after the last one was bound, because the job comes first.
 */
const spareDelayMs = 250;

/** All containers of one language's image. */
class Group {
  readonly containers: Set<TenantContainer> = new Set();
  /** Containers that are being made, by tenant; `undefined`: a container that will wait for a tenant. */
  readonly making: Map<string | undefined, Promise<void>> = new Map();
  readonly image: TenantImage;
  hits = 0;
  misses = 0;

  constructor(image: TenantImage) {
    this.image = image;
  }

  of(tenant: string | undefined): TenantContainer[] {
    return [...this.containers].filter((each) => each.tenant === tenant && each.isUsable);
  }
}

/** See the theory of operation above. */
export class TenantContainers {
  readonly #settings: TenantSettings;
  readonly #events: EventHub | undefined;
  readonly #groups = new Map<string, Group>();
  readonly #closing = new AbortController();
  #refusal: string | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(settings: TenantSettings, events?: EventHub) {
    this.#settings = settings;
    this.#events = events;
  }

  /** The reason why the host does not allow jobs of one tenant in one container, once that is known. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /**
   * Returns a cell for the job; `undefined` if it gets a fresh container instead.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE`; `signal.reason` once `signal` is aborted.
   */
  async place(image: TenantImage, job: Job, signal: AbortSignal): Promise<TenantCell | undefined> {
    const group = this.#groupOf(image);
    for (let isWarm = true; ; isWarm = false) {
      signal.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      this.#refusal ??= refusalOf(image);
      if (this.#refusal !== undefined || job.limits.memoryMb > this.#settings.memoryMb) return undefined;
      const container = this.#find(group, job);
      if (container) {
        if (isWarm) group.hits += 1;
        else group.misses += 1;
        return container.open(job, isWarm);
      }
      await abortable(this.#make(group, job.tenant), signal);
    }
  }

  /** Keeps a container for the job's tenant with `count` waiting cells; 0 cancels that. */
  async warm(image: TenantImage, job: Job, count: number, signal: AbortSignal): Promise<boolean> {
    const group = this.#groupOf(image);
    let container = this.#find(group, job);
    if (!container && count > 0) {
      await abortable(this.#make(group, job.tenant), signal);
      container = this.#find(group, job);
    }
    if (!container) return this.#refusal === undefined;
    container.isKept = count > 0;
    await abortable(container.keepWaiting(Math.max(count, defaultWaiting)), signal);
    return true;
  }

  /** Makes one container, to find out whether the host allows it. Returns the reason if not. */
  async probe(image: TenantImage, signal: AbortSignal): Promise<string | undefined> {
    const group = this.#groupOf(image);
    this.#refusal ??= refusalOf(image);
    if (this.#refusal === undefined && group.of(undefined).length === 0) {
      await abortable(this.#make(group, undefined), signal);
    }
    return this.#refusal;
  }

  stats(): PoolStats[] {
    return [...this.#groups.values()].map((group) => ({
      profile: `${group.image.name} ${group.image.image.slice(7, 19)}, container of a tenant`,
      ready: [...group.containers].filter((each) => each.isUsable && each.running.size === 0).length,
      making: group.making.size,
      waiting: 0,
      rate: 0,
      hits: group.hits,
      misses: group.misses,
    }));
  }

  /** Removes containers without jobs. */
  drain(): void {
    for (const each of this.#all()) if (each.running.size === 0) each.kill('It was idle.');
  }

  /** Ends all jobs and containers; later calls are refused with `reason`. */
  async close(reason: unknown): Promise<void> {
    this.#closing.abort(reason);
    clearTimeout(this.#idleTimer);
    for (const each of this.#all()) each.kill('The engine was closed while the job ran.');
    await Promise.allSettled([...this.#groups.values()].flatMap(({ making }) => [...making.values()]));
  }

  #all(): TenantContainer[] {
    return [...this.#groups.values()].flatMap(({ containers }) => [...containers]);
  }

  #groupOf(image: TenantImage): Group {
    const key = `${image.name} ${image.image}`;
    let group = this.#groups.get(key);
    if (!group) {
      group = new Group(image);
      this.#groups.set(key, group);
    }
    return group;
  }

  /** A container of the tenant with room for the job; else a waiting container, which becomes the tenant's own. */
  #find(group: Group, job: Job): TenantContainer | undefined {
    const { jobs, memoryMb, maxJobs } = this.#settings;
    const hasRoom = (each: TenantContainer): boolean =>
      each.jobs < maxJobs && each.running.size < jobs && each.promisedMb + job.limits.memoryMb <= memoryMb;
    const own = group.of(job.tenant).find(hasRoom);
    if (own) return own;
    const [spare] = group.of(undefined);
    if (!spare) return undefined;
    spare.tenant = job.tenant;
    setTimeout(() => this.#makeSpare(group), spareDelayMs).unref();
    return spare;
  }

  /** Makes a container for the tenant: one at a time, shared by all calls that wait for it. */
  #make(group: Group, tenant: string | undefined): Promise<void> {
    let making = group.making.get(tenant);
    if (!making) {
      making = this.#open(group, tenant).finally(() => group.making.delete(tenant));
      group.making.set(tenant, making);
    }
    return making;
  }

  async #open(group: Group, tenant: string | undefined): Promise<void> {
    this.#makeRoom();
    const startedAt = performance.now();
    const onChange = (container: TenantContainer): void => this.#onChange(group, container);
    const container = await openTenantContainer(
      { ...group.image, settings: this.#settings, onChange },
      this.#closing.signal,
    );
    if (container.refusal !== undefined || this.#closing.signal.aborted) {
      this.#refusal = container.refusal;
      container.kill('It cannot take jobs.');
      return;
    }
    container.tenant = tenant;
    container.idleSince = performance.now();
    group.containers.add(container);
    const ms = Math.round(performance.now() - startedAt);
    this.#events?.emit?.({ type: 'host.started', backend: 'docker', hostId: container.name, ms });
    this.#planRetirement();
  }

  #makeSpare(group: Group): void {
    const { spares, containers } = this.#settings;
    const isFull = this.#all().length >= containers;
    if (this.#closing.signal.aborted || isFull || group.of(undefined).length >= spares) return;
    // The next job that needs a container reports the reason.
    this.#make(group, undefined).catch(() => undefined);
  }

  /** Removes the container that was idle for the longest time, if the maximum number is reached. */
  #makeRoom(): void {
    const all = this.#all();
    if (all.length < this.#settings.containers) return;
    const [oldest] = all.filter(({ running }) => running.size === 0).sort((a, b) => a.idleSince - b.idleSince);
    if (!oldest) {
      const message = `No room for another tenant's container: all ${all.length} that docker.tenant.containers allows are busy.`;
      throw new HotcellError('BACKEND_UNAVAILABLE', message, { ran: 'no', retryAfterMs: 1_000 });
    }
    oldest.kill('Its place was needed.');
  }

  #onChange(group: Group, container: TenantContainer): void {
    if (!container.isOver && container.jobs >= this.#settings.maxJobs) container.kill('It had many jobs.');
    else if (container.isOver) this.#over(group, container);
    else this.#planRetirement();
  }

  #over(group: Group, container: TenantContainer): void {
    if (!group.containers.delete(container)) return;
    const { name, tenant, isLost, jobsAtEnd } = container;
    const reason = isLost ? 'lost' : jobsAtEnd > 0 ? 'killed' : 'retired';
    this.#events?.emit?.({ type: 'host.ended', backend: 'docker', hostId: name, tenant, reason, jobs: jobsAtEnd });
  }

  #planRetirement(): void {
    const { idleMs } = this.#settings;
    this.#idleTimer ??= setTimeout(() => {
      this.#idleTimer = undefined;
      const idle = this.#all().filter(({ running, isKept }) => running.size === 0 && !isKept);
      for (const each of idle) if (performance.now() - each.idleSince >= idleMs) each.kill('It was idle.');
      if (this.#all().length > 0) this.#planRetirement();
    }, idleMs).unref();
  }
}

/** The reason for a refusal that is known without an attempt. */
function refusalOf({ maker: { profile } }: TenantImage): string | undefined {
  if (profile.isGvisor)
    return 'gVisor gives each container its own kernel, and a process in it cannot create isolated namespaces.';
  if (profile.isPodman) return 'Podman does not accept the text of a seccomp profile.';
  return undefined;
}

/** Cells that wait in a container by default (`_SPARES` in `sandbox-images/tenant/supervisor.py`). */
const defaultWaiting = 2;
