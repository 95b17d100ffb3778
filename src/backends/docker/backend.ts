import { availableParallelism, totalmem } from 'node:os';
import { Pool } from '../../cells/pool/pool.ts';
import { cellFailed, poolEvents } from '../../cells/pool/pool-events.ts';
import type { Profile } from '../../cells/pool/pool-profile.ts';
import type { Check, PoolStats, PreparationStep } from '../../contract/api/backend-reports.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import { defaultCeilings, type Limits } from '../../contract/api/limits.ts';
import type { Language } from '../../contract/api/request.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Backend, Cell } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import { runStep } from '../../contract/spi/run-step.ts';
import { abortable } from '../../support/abortable.ts';
import { Semaphore } from '../../support/semaphore.ts';
import { onBeforeExit } from './before-exit.ts';
import type { DockerCell } from './cells/cell.ts';
import { cellProfile } from './cells/cell-profile.ts';
import type { CellMaker } from './cells/open-cell.ts';
import { DaemonPresence } from './daemon/daemon-presence.ts';
import { DaemonWatch } from './daemon/daemon-watch.ts';
import { statusOf } from './daemon/docker-call.ts';
import { isGvisor } from './daemon/gvisor.ts';
import { type DockerConnection, type DockerConnectionUse, SharedDockerConnection } from './docker-connection.ts';
import { checkEngine, checkTenantTier } from './doctor.ts';
import { dataImage, type ImageName, preloadedMb } from './images/image-recipe.ts';
import { prepareEngine } from './prepare.ts';
import { TenantContainers, type TenantImage } from './tenant/tenant-containers.ts';
import { resolveTenantOptions, type TenantOptions } from './tenant/tenant-options.ts';

/** Containers that wait for a job. */
export interface CellPoolOptions {
  /** Containers that wait for each recently used set of limits, at any rate of calls. Default 1. */
  readonly floor?: number | undefined;
  /** Most containers that wait in total. Default: 4 for each processor of this host; 0: each call makes its own. */
  readonly ceiling?: number | undefined;
  /**
   * Most memory of all waiting containers, in MiB (12 each, 36 with gVisor). Default: an eighth of the machine's
   * memory.
   */
  readonly memoryBudgetMb?: number | undefined;
  /**
   * Time without a call, in milliseconds, after which only the containers that `warm` asked for stay. Default 60 000.
   */
  readonly idleMs?: number | undefined;
}

type ImageLanguage = 'python' | 'bash';
const languages: readonly ImageLanguage[] = ['python', 'bash'];

/** Settings of the Docker backend; all have defaults. */
export interface DockerOptions {
  /** Address of the Docker engine, as in `DOCKER_HOST`. Default: the first engine that is found. */
  readonly address?: string | undefined;
  /** OCI runtime of the containers (`runc`, `crun`, `runsc`, `kata`). Default: the Docker engine's own. */
  readonly runtime?: string | undefined;
  /** Processors that one container may use. Default: 1. */
  readonly cpus?: number | undefined;
  /** Jobs that may run at one time. Default: 2 for each processor of this host, at least 4. */
  readonly slots?: number | undefined;
  /** Images to use in place of hotcell's own: a name or digest that the Docker engine has. */
  readonly images?: { readonly [language in ImageLanguage]?: string | undefined } | undefined;
  /** Whether `prepare` also makes the image `python-data`, about 530 MB. Default: no. */
  readonly preparesData?: boolean | undefined;
  /**
   * Replaces hotcell's own seccomp profile: `unconfined`, or the text of a profile in Docker's format. With Podman: the
   * path of a file; the default is Podman's own profile.
   */
  readonly seccompProfile?: string | undefined;
  /** Containers that are made in advance and wait for their one job. */
  readonly pool?: CellPoolOptions | undefined;
  /** Containers that jobs with `isolation: 'tenant'` share. */
  readonly tenant?: TenantOptions | undefined;
}

/** Containers that are made at one time. More would only slow each other down inside the daemon. */
const parallelStarts = Math.max(2, availableParallelism());
const defaultSlots = Math.max(4, 2 * availableParallelism());

/** Runs Python and Bash, each job in its own container. Does nothing before the first lease. */
export function createDockerBackend(
  options: DockerOptions = {},
  shared: SharedDockerConnection = new SharedDockerConnection(options.address),
  ceilings: Limits = defaultCeilings,
): Backend {
  return new DockerBackend(options, shared, ceilings);
}

class DockerBackend implements Backend {
  readonly name = 'docker';
  readonly languages: readonly Language[] = languages;
  readonly slots: number;
  readonly leaseMs = 10_000;
  readonly canBeMissing = true;
  readonly #options: DockerOptions;
  readonly #connection: DockerConnectionUse;
  readonly #ceilings: Limits;
  readonly #semaphore = new Semaphore(parallelStarts);
  readonly #pool: Pool<DockerCell>;
  readonly #tenants: TenantContainers;
  readonly #closing = new AbortController();
  readonly #presence: DaemonPresence;
  readonly #leases = new Set<Promise<unknown>>();
  readonly #cells = new Set<DockerCell>();
  /** Removes waiting containers if the process ends by itself without closing its engine. */
  #exitWatch: Disposable | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: DockerOptions, shared: SharedDockerConnection, ceilings: Limits) {
    this.#options = options;
    this.#connection = shared.join();
    this.#presence = new DaemonPresence(() => this.#open());
    this.#ceilings = ceilings;
    const { events } = shared;
    const { floor, ceiling, memoryBudgetMb, idleMs } = options.pool ?? {};
    this.#pool = new Pool({
      // Each running job may have a container made for it. The semaphore limits how many are made at one time.
      parallel: options.slots ?? defaultSlots,
      floor: floor ?? 1,
      ceiling: ceiling ?? 4 * availableParallelism(),
      memoryBudgetMb: memoryBudgetMb ?? Math.floor(totalmem() / 8 / 1_048_576),
      idleMs: idleMs ?? 60_000,
      // The next call that needs a container reports the reason.
      failed: (error, profile) => events?.emit?.(cellFailed('docker', profile, error)),
      changed: poolEvents('docker', events),
    });
    this.slots = options.slots ?? defaultSlots;
    this.#tenants = new TenantContainers(resolveTenantOptions(options.tenant ?? {}, this.slots), events);
  }

  async isAvailable(signal: AbortSignal): Promise<boolean> {
    try {
      return await abortable(this.#presence.answers(), signal);
    } catch {
      return signal.aborted;
    }
  }

  async lease(job: Job, signal: AbortSignal): Promise<Cell> {
    const lease = this.#makeCell(job, AbortSignal.any([signal, this.#closing.signal]));
    this.#leases.add(lease);
    try {
      return await lease;
    } catch (error) {
      if (statusOf(error) === undefined && !signal.aborted) this.#presence.suspect();
      throw error;
    } finally {
      this.#leases.delete(lease);
    }
  }

  async warm(job: Job, count: number, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const isShared =
      job.isolation === 'tenant' &&
      (await this.#withImage(job, either, (_, image) => this.#tenants.warm(image, job, count, either)));
    if (!isShared) await this.#withImage(job, either, (profile) => this.#pool.warm(profile, count, either));
  }

  pool(): readonly PoolStats[] {
    return [...this.#pool.stats(), ...this.#tenants.stats()];
  }

  async prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void> {
    await runStep('docker engine', report, async () => {
      const { client, version } = await abortable(this.#open(), signal);
      return `${version.engine} at ${client.address}`;
    });
    const { images, preparesData } = this.#options;
    const own = languages.filter((language) => images?.[language] === undefined);
    await prepareEngine(await this.#open(), preparesData ? [...own, dataImage] : own, report, signal);
  }

  async check(signal: AbortSignal): Promise<readonly Check[]> {
    try {
      const { client } = await abortable(this.#open(), signal);
      // Asked anew: the connection may be from before the daemon died, or was updated.
      const version = await client.version(signal);
      const checks = await checkEngine(client, version, this.#options.runtime, signal);
      const hasImage = checks.some(({ name, verdict }) => name === 'image python' && verdict === 'ok');
      return [...checks, await checkTenantTier(hasImage, () => this.#probeTenants(signal))];
    } catch (error) {
      const detail = textOfThrown(error);
      const remedy = 'Start Docker, or set DOCKER_HOST to its address. JavaScript and TypeScript work without it.';
      return [{ name: 'docker engine', verdict: 'fail', detail, remedy }];
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #makeCell(job: Job, signal: AbortSignal): Promise<Cell> {
    if (job.isolation === 'tenant') {
      const shared = await this.#withImage(job, signal, (_, image) => this.#tenants.place(image, job, signal));
      if (shared) return shared;
    }
    const { item: cell, warm } = await this.#withImage(job, signal, (profile) =>
      this.#pool.lease(profile, signal, (waiting) => waiting.claim(job)),
    );
    cell.wake(warm);
    return cell;
  }

  /** Calls `use` with the profile of the job's cells, and once more if the image or a container was just removed. */
  async #withImage<T>(
    job: Job,
    signal: AbortSignal,
    use: (profile: Profile<DockerCell>, image: TenantImage) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const connection = await abortable(this.#open(), signal);
    const name = job.image ?? (job.language as ImageLanguage);
    const find = async (): Promise<[Profile<DockerCell>, TenantImage]> => {
      const image = await this.#findImage(connection, name, signal);
      const maker = this.#maker(connection, name);
      return [cellProfile(maker, name, image, job.limits), { maker, ceilings: this.#ceilings, name, image }];
    };
    try {
      return await use(...(await find()));
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      connection.images.forget(name);
      return await use(...(await find()));
    }
  }

  /** The reason why jobs of one tenant cannot share a container here; `undefined` if they can. */
  async #probeTenants(signal: AbortSignal): Promise<string | undefined> {
    const connection = await abortable(this.#open(), signal);
    const image = await this.#findImage(connection, 'python', signal);
    const maker = this.#maker(connection, 'python');
    return await this.#tenants.probe({ maker, ceilings: this.#ceilings, name: 'python', image }, signal);
  }

  #maker(connection: DockerConnection, image: ImageName): CellMaker {
    const { runtime, cpus = 1, seccompProfile } = this.#options;
    const { cgroupVersion, defaultRuntime, isPodman } = connection.version;
    const runtimeName = runtime ?? defaultRuntime;
    const kind = { isPodman, isGvisor: isGvisor(runtimeName), preloadedMb: preloadedMb(image) };
    const profile = { cgroupVersion, runtime, cpus, seccompProfile, ...kind };
    const { client, reaper, health, owner } = connection;
    const valueMaxKb = this.#ceilings.valueKb;
    const [semaphore, cells] = [this.#semaphore, this.#cells];
    return { client, reaper, health, owner, profile, runtime: runtimeName, valueMaxKb, semaphore, cells };
  }

  async #findImage(connection: DockerConnection, name: ImageName, signal: AbortSignal): Promise<string> {
    const override = name === dataImage ? undefined : this.#options.images?.[name];
    const known = override === undefined ? connection.images.known(name) : undefined;
    if (known) return known.digest;
    using watch = new DaemonWatch(connection.client, signal, connection.health);
    if (override === undefined) return (await connection.images.get(name, watch.signal)).digest;
    const digest = await connection.client.imageDigest(override, watch.signal);
    if (digest !== undefined) return digest;
    const message =
      `The Docker engine at ${connection.client.address} has no image "${override}", which docker.images.${name} names. ` +
      'Pull or build it, or remove the option.';
    throw new HotcellError('BACKEND_UNAVAILABLE', message);
  }

  async #open(): Promise<DockerConnection> {
    this.#closing.signal.throwIfAborted();
    this.#exitWatch ??= onBeforeExit(() => {
      void this.#pool.drain();
      this.#tenants.drain();
    });
    return await this.#connection.open();
  }

  async #shutDown(): Promise<void> {
    this.#closing.abort(new HotcellError('ENGINE_CLOSED', 'The call was refused because the engine is closed.'));
    await Promise.allSettled(this.#leases);
    this.#exitWatch?.[Symbol.dispose]();
    await Promise.all([
      this.#pool.close(this.#closing.signal.reason),
      this.#tenants.close(this.#closing.signal.reason),
    ]);
    for (const cell of this.#cells) {
      cell.end({ code: 'CELL_LOST', message: 'The engine was closed while the job ran.', ran: 'unknown' });
      await cell[Symbol.asyncDispose]();
    }
    await this.#connection.close();
  }
}
