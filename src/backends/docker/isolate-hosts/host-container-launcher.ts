import type { PreparationStep } from '../../../contract/api/backend-reports.ts';
import type { HostHome, HostLauncher, HostProgram, LaunchedHost } from '../../../contract/spi/host-launcher.ts';
import { runStep } from '../../../contract/spi/run-step.ts';
import { abortable } from '../../../support/abortable.ts';
import { Semaphore } from '../../../support/semaphore.ts';
import { DaemonWatch } from '../daemon/daemon-watch.ts';
import { statusOf } from '../daemon/docker-call.ts';
import { restingState } from '../daemon/explain-exit.ts';
import { isGvisor } from '../daemon/gvisor.ts';
import { type ContainerKind, startContainer } from '../daemon/start-container.ts';
import type { DockerConnection, DockerConnectionUse, SharedDockerConnection } from '../docker-connection.ts';
import { isolateHostImage } from '../images/images.ts';
import { isolateHostPaths } from '../images/isolate-host-recipe.ts';
import { HostContainer } from './host-container.ts';
import { buildHostContainerSpec } from './host-container-spec.ts';

/** Settings of the containers that host processes run in. */
export interface HostContainerOptions {
  /** OCI runtime. Default: the Docker engine's own. */
  readonly runtime?: string | undefined;
  /** Replaces hotcell's own seccomp profile. */
  readonly seccompProfile?: string | undefined;
}

/** Containers that are made at one time. */
const parallelStarts = 2;

/** Paths of hotcell in the isolate-host image. */
const home: HostHome = {
  codeFolder: `${isolateHostPaths.package}/dist`,
  extension: 'js',
  readableFolders: [`${isolateHostPaths.package}/`],
  inputFd: 0,
  outputFd: 1,
};

/** Starts host processes in containers of the isolate-host image. Does nothing before the first launch. */
export function createHostContainers(shared: SharedDockerConnection, options: HostContainerOptions = {}): HostLauncher {
  return new HostContainers(shared, options);
}

class HostContainers implements HostLauncher {
  readonly limitsMemory = true;
  readonly #connection: DockerConnectionUse;
  readonly #options: HostContainerOptions;
  readonly #semaphore = new Semaphore(parallelStarts);

  constructor(shared: SharedDockerConnection, options: HostContainerOptions) {
    this.#connection = shared.join();
    this.#options = options;
  }

  launch(program: HostProgram): LaunchedHost {
    return new HostContainer((host, signal) => this.#bringUp(host, program, signal));
  }

  async prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void> {
    await runStep('image isolate-host', report, async (progress) => {
      const { images } = await abortable(this.#connection.open(), signal);
      const { tag, digest } = await images.get(isolateHostImage, signal, progress);
      return `${tag} ${digest}`;
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #bringUp(host: HostContainer, program: HostProgram, killing: AbortSignal): Promise<{ readonly image: string }> {
    const connection = await abortable(this.#connection.open(), killing);
    const { client, reaper, health, images } = connection;
    const image = await findImage(connection, killing);
    const kind: ContainerKind<HostContainer> = {
      specify: () => this.#specify(connection, program, image),
      connect({ name, stream, remove }) {
        host.attach(stream, () => restingState(client, name));
        void host.exit.then(remove);
        return host;
      },
      // Nothing to do: the host ends when its launch fails, and reports by itself when it is ready.
      abandon() {},
    };
    try {
      await startContainer({ client, reaper, health, semaphore: this.#semaphore }, kind, killing);
    } catch (error) {
      // The image was removed; the next launch looks for it again.
      if (statusOf(error) === 404) images.forget(isolateHostImage);
      throw error;
    }
    return { image };
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

async function findImage({ client, health, images }: DockerConnection, signal: AbortSignal): Promise<string> {
  using watch = new DaemonWatch(client, signal, health);
  return (await images.get(isolateHostImage, watch.signal)).digest;
}
