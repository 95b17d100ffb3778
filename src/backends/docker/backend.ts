import { availableParallelism } from 'node:os';
import type { Backend, Cell, Check, PreparationStep } from '../../contract/backend.ts';
import { HotcellError } from '../../contract/errors.ts';
import type { Job } from '../../contract/job.ts';
import type { Language } from '../../contract/request.ts';
import { untilAborted } from '../../support/until-aborted.ts';
import type { DockerCell } from './cell.ts';
import { DaemonWatch } from './daemon-watch.ts';
import { statusOf } from './docker-call.ts';
import { checkEngine } from './doctor.ts';
import { Gate } from './gate.ts';
import { isGvisor } from './gvisor.ts';
import { openCell } from './open-cell.ts';
import { prepareEngine, runStep } from './prepare.ts';
import { type DockerSession, type SessionUse, SharedSession } from './session.ts';

type ImageLanguage = 'python' | 'bash';
const languages: readonly ImageLanguage[] = ['python', 'bash'];

/** Settings of the Docker backend; all have defaults. */
export interface DockerOptions {
  /** Where the Docker engine answers, as in `DOCKER_HOST`. Default: the first that is found. */
  readonly address?: string | undefined;
  /** OCI runtime of the containers (`runc`, `crun`, `runsc`, `kata`). Default: the Docker engine's own. */
  readonly runtime?: string | undefined;
  /** Processors that one container may keep busy. Default: 1. */
  readonly cpus?: number | undefined;
  /** Jobs that may run at one time. Default: 2 for each processor of this host, at least 4. */
  readonly slots?: number | undefined;
  /** Images to use in place of hotcell's own: a name or digest that the Docker engine has. */
  readonly images?: { readonly [language in ImageLanguage]?: string | undefined } | undefined;
  /**
   * In place of hotcell's own seccomp profile: `unconfined`, or the text of one in Docker's format; with Podman the path of
   * a file, and the default is Podman's own.
   */
  readonly seccompProfile?: string | undefined;
}

/** Containers that are made at one time; more of them only slow each other down inside the daemon. */
const parallelStarts = Math.max(2, availableParallelism());

/**
 * Runs Python and Bash, each job in a container of its own. Touches nothing before the first lease.
 * @throws {HotcellError} `INVALID_REQUEST` where an option makes no sense.
 */
export function createDockerBackend(
  options: DockerOptions = {},
  shared: SharedSession = new SharedSession(options.address),
): Backend {
  const { cpus = 1, slots = 1 } = options;
  if (!Number.isFinite(cpus) || cpus <= 0) throw badOption('cpus', 'a number above 0', cpus);
  if (!Number.isSafeInteger(slots) || slots < 1) throw badOption('slots', 'a whole number from 1', slots);
  return new DockerBackend(options, shared.join());
}

class DockerBackend implements Backend {
  readonly name = 'docker';
  readonly languages: readonly Language[] = languages;
  readonly slots: number;
  readonly #options: DockerOptions;
  readonly #session: SessionUse;
  readonly #gate = new Gate(parallelStarts);
  readonly #closing = new AbortController();
  readonly #leases = new Set<Promise<unknown>>();
  readonly #cells = new Set<DockerCell>();
  #closed: Promise<void> | undefined;

  constructor(options: DockerOptions, session: SessionUse) {
    this.#options = options;
    this.#session = session;
    this.slots = options.slots ?? Math.max(4, 2 * availableParallelism());
  }

  async lease(job: Job, signal: AbortSignal): Promise<Cell> {
    const lease = this.#makeCell(job, AbortSignal.any([signal, this.#closing.signal]));
    this.#leases.add(lease);
    try {
      return await lease;
    } finally {
      this.#leases.delete(lease);
    }
  }

  async prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void> {
    await runStep('docker engine', report, async () => {
      const { client, version } = await untilAborted(this.#open(), signal);
      return `${version.engine} at ${client.address}`;
    });
    const own = languages.filter((language) => this.#options.images?.[language] === undefined);
    await prepareEngine(await this.#open(), own, report, signal);
  }

  async check(signal: AbortSignal): Promise<readonly Check[]> {
    try {
      const { client, version } = await untilAborted(this.#open(), signal);
      return await checkEngine(client, version, this.#options.runtime, signal);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const remedy = 'Start Docker, or name its address in DOCKER_HOST. JavaScript and TypeScript work without it.';
      return [{ name: 'docker engine', verdict: 'fail', detail, remedy }];
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  async #makeCell(job: Job, signal: AbortSignal): Promise<Cell> {
    signal.throwIfAborted();
    const session = await untilAborted(this.#open(), signal);
    using watch = new DaemonWatch(session.client, signal);
    const language = job.language as ImageLanguage;
    try {
      return await this.#makeFrom(await this.#findImage(session, language, watch.signal), session, job, watch.signal);
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      // Somebody removed the image, or the container, in between.
      session.images.forget(language);
      return await this.#makeFrom(await this.#findImage(session, language, watch.signal), session, job, watch.signal);
    }
  }

  async #makeFrom(image: string, session: DockerSession, job: Job, signal: AbortSignal): Promise<Cell> {
    using _ = await this.#gate.enter(signal);
    const { runtime, cpus = 1, seccompProfile } = this.#options;
    const { cgroupVersion, defaultRuntime, isPodman } = session.version;
    const runtimeName = runtime ?? defaultRuntime;
    const profile = { cgroupVersion, runtime, cpus, seccompProfile, isPodman, isGvisor: isGvisor(runtimeName) };
    const maker = { ...session, profile, runtime: runtimeName, cells: this.#cells };
    return await openCell(maker, image, job.limits, signal);
  }

  async #findImage(session: DockerSession, language: ImageLanguage, signal: AbortSignal): Promise<string> {
    const override = this.#options.images?.[language];
    if (override === undefined) return (await session.images.get(language, signal)).digest;
    const digest = await session.client.imageDigest(override, signal);
    if (digest !== undefined) return digest;
    const message =
      `The Docker engine at ${session.client.address} has no image "${override}", which docker.images.${language} names. ` +
      'Pull or build it, or leave the option out.';
    throw new HotcellError('BACKEND_UNAVAILABLE', message);
  }

  async #open(): Promise<DockerSession> {
    this.#closing.signal.throwIfAborted();
    return await this.#session.open();
  }

  async #shutDown(): Promise<void> {
    this.#closing.abort(new HotcellError('ENGINE_CLOSED', 'The call was refused because the engine is closed.'));
    await Promise.allSettled(this.#leases);
    for (const cell of this.#cells) {
      cell.end({ code: 'CELL_LOST', message: 'The engine was closed while the job ran.', ran: 'unknown' });
      await cell[Symbol.asyncDispose]();
    }
    await this.#session.close();
  }
}

function badOption(name: string, wanted: string, value: unknown): HotcellError {
  return new HotcellError(
    'INVALID_REQUEST',
    `The engine cannot be created: docker.${name} must be ${wanted}, and is ${value}.`,
  );
}
