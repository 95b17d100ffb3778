import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { PreparationStep } from '../../../contract/spi/backend.ts';
import type { HostHome, HostLauncher, HostProgram, LaunchedHost } from '../../../contract/spi/host-launcher.ts';
import { abortable } from '../../../support/abortable.ts';
import { Semaphore } from '../../../support/semaphore.ts';
import { DaemonWatch } from '../daemon/daemon-watch.ts';
import { statusOf } from '../daemon/docker-call.ts';
import { restingState } from '../daemon/explain-exit.ts';
import { isGvisor } from '../daemon/gvisor.ts';
import {
  type DockerConnection,
  type DockerConnectionUse,
  imageBuilt,
  type SharedDockerConnection,
} from '../docker-connection.ts';
import { IsolateHostImageStore } from '../images/isolate-host-image.ts';
import { isolateHostPaths } from '../images/isolate-host-recipe.ts';
import { runStep } from '../prepare.ts';
import { HostContainer } from './host-container.ts';
import { buildHostContainerSpec } from './host-container-spec.ts';

/** Settings of the containers that host processes run in. */
export interface HostContainerOptions {
  /** OCI runtime. Default: the Docker engine's own. */
  readonly runtime?: string | undefined;
  /** In place of hotcell's own seccomp profile. */
  readonly seccompProfile?: string | undefined;
}

/** Containers that are made at one time. */
const parallelStarts = 2;

/** hotcell, as it lies in the isolate-host image. */
const home: HostHome = {
  codeFolder: `${isolateHostPaths.package}/dist`,
  extension: 'js',
  readableFolders: [`${isolateHostPaths.package}/`],
  inputFd: 0,
  outputFd: 1,
};

/** Starts host processes in containers of the isolate-host image. Touches nothing before the first launch. */
export function createHostContainers(shared: SharedDockerConnection, options: HostContainerOptions = {}): HostLauncher {
  return new HostContainers(shared, options);
}

class HostContainers implements HostLauncher {
  readonly limitsMemory = true;
  readonly #connection: DockerConnectionUse;
  readonly #options: HostContainerOptions;
  readonly #image: IsolateHostImageStore;
  readonly #semaphore = new Semaphore(parallelStarts);

  constructor(shared: SharedDockerConnection, options: HostContainerOptions) {
    this.#connection = shared.join();
    this.#image = new IsolateHostImageStore(imageBuilt(shared.events));
    this.#options = options;
  }

  launch(program: HostProgram): LaunchedHost {
    return new HostContainer((host, signal) => this.#bringUp(host, program, signal));
  }

  async prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void> {
    await runStep('image isolate-host', report, async (progress) => {
      const { client } = await abortable(this.#connection.open(), signal);
      const { tag, digest } = await this.#image.get(client, signal, progress);
      return `${tag} ${digest}`;
    });
  }

  async close(): Promise<void> {
    this.#image.close();
    await this.#connection.close();
  }

  async #bringUp(host: HostContainer, program: HostProgram, killing: AbortSignal): Promise<{ readonly image: string }> {
    const connection = await abortable(this.#connection.open(), killing);
    using watch = new DaemonWatch(connection.client, killing, connection.health);
    const { signal } = watch;
    const { client, reaper } = connection;
    const { digest } = await this.#image.get(client, signal);
    using _ = await this.#semaphore.acquire(signal);
    const name = `hotcell-${randomBytes(8).toString('hex')}`;
    reaper.register(name);
    // Not ended by the signal: the daemon would go on all the same, and nobody would know until when.
    const created = client.createContainer(name, this.#specify(connection, program, digest));
    void host.exit.then(() => reaper.release(name, created));
    try {
      await abortable(created, signal);
    } catch (error) {
      // Somebody removed the image; the next launch looks for it again.
      if (statusOf(error) === 404) this.#image.forget();
      throw error;
    }
    host.attach((await client.attach(name, signal)) as Socket, () => restingState(client, name));
    await client.start(name, signal);
    return { image: digest };
  }

  #specify(
    { version, owner }: DockerConnection,
    program: HostProgram,
    image: string,
  ): ReturnType<typeof buildHostContainerSpec> {
    const { cgroupVersion, isPodman, defaultRuntime } = version;
    const { runtime, seccompProfile } = this.#options;
    const profile = { runtime, seccompProfile, cgroupVersion, isPodman, isGvisor: isGvisor(runtime ?? defaultRuntime) };
    return buildHostContainerSpec(image, program.nodeArguments(home), program, profile, owner.labels());
  }
}
