import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { PreparationStep } from '../../contract/backend.ts';
import type { HostHome, HostLauncher, HostProgram, LaunchedHost } from '../../contract/host-launcher.ts';
import { untilAborted } from '../../support/until-aborted.ts';
import { DaemonWatch } from './daemon-watch.ts';
import { restingState } from './death.ts';
import { statusOf } from './docker-call.ts';
import { Gate } from './gate.ts';
import { isGvisor } from './gvisor.ts';
import { HostContainer } from './host-container.ts';
import { buildHostContainerSpec } from './host-container-spec.ts';
import { runStep } from './prepare.ts';
import { RunnerImageStore } from './runner-image.ts';
import { runnerPaths } from './runner-image-recipe.ts';
import { type DockerSession, imageBuilt, type SessionUse, type SharedSession } from './session.ts';

/** Settings of the containers that host processes run in. */
export interface HostContainerOptions {
  /** OCI runtime. Default: the Docker engine's own. */
  readonly runtime?: string | undefined;
  /** In place of hotcell's own seccomp profile. */
  readonly seccompProfile?: string | undefined;
}

/** Containers that are made at one time. */
const parallelStarts = 2;

/** hotcell, as it lies in the runner image. */
const home: HostHome = {
  codeFolder: `${runnerPaths.package}/dist`,
  extension: 'js',
  readableFolders: [`${runnerPaths.package}/`],
  inputFd: 0,
  outputFd: 1,
};

/** Starts host processes in containers of the runner image. Touches nothing before the first launch. */
export function createHostContainers(shared: SharedSession, options: HostContainerOptions = {}): HostLauncher {
  return new HostContainers(shared, options);
}

class HostContainers implements HostLauncher {
  readonly limitsMemory = true;
  readonly #session: SessionUse;
  readonly #options: HostContainerOptions;
  readonly #image: RunnerImageStore;
  readonly #gate = new Gate(parallelStarts);

  constructor(shared: SharedSession, options: HostContainerOptions) {
    this.#session = shared.join();
    this.#image = new RunnerImageStore(imageBuilt(shared.events));
    this.#options = options;
  }

  launch(program: HostProgram): LaunchedHost {
    return new HostContainer((host, signal) => this.#bringUp(host, program, signal));
  }

  async prepare(report: (step: PreparationStep) => void, signal: AbortSignal): Promise<void> {
    await runStep('image runner', report, async (progress) => {
      const { client } = await untilAborted(this.#session.open(), signal);
      const { tag, digest } = await this.#image.get(client, signal, progress);
      return `${tag} ${digest}`;
    });
  }

  async close(): Promise<void> {
    this.#image.close();
    await this.#session.close();
  }

  async #bringUp(host: HostContainer, program: HostProgram, killing: AbortSignal): Promise<{ readonly image: string }> {
    const session = await untilAborted(this.#session.open(), killing);
    using watch = new DaemonWatch(session.client, killing, session.health);
    const { signal } = watch;
    const { client, reaper } = session;
    const { digest } = await this.#image.get(client, signal);
    using _ = await this.#gate.enter(signal);
    const name = `hotcell-${randomBytes(8).toString('hex')}`;
    reaper.register(name);
    // Not ended by the signal: the daemon would go on all the same, and nobody would know until when.
    const created = client.createContainer(name, this.#specify(session, program, digest));
    void host.exit.then(() => reaper.release(name, created));
    try {
      await untilAborted(created, signal);
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
    { version, owner }: DockerSession,
    program: HostProgram,
    image: string,
  ): ReturnType<typeof buildHostContainerSpec> {
    const { cgroupVersion, isPodman, defaultRuntime } = version;
    const { runtime, seccompProfile } = this.#options;
    const profile = { runtime, seccompProfile, cgroupVersion, isPodman, isGvisor: isGvisor(runtime ?? defaultRuntime) };
    return buildHostContainerSpec(image, program.nodeArguments(home), program.memoryMb, profile, owner.labels());
  }
}
