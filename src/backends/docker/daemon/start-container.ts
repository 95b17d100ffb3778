import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { HotcellError } from '../../../contract/api/errors.ts';
import type { CellEnd } from '../../../contract/spi/backend.ts';
import { abortable } from '../../../support/abortable.ts';
import type { Semaphore } from '../../../support/semaphore.ts';
import type { DaemonHealth } from './daemon-health.ts';
import { DaemonWatch } from './daemon-watch.ts';
import { callDaemon } from './docker-call.ts';
import type { ContainerSpec, DockerClient } from './docker-client.ts';
import { explainExit } from './explain-exit.ts';
import type { Reaper } from './reaper.ts';

/** The Docker engine that starts containers. */
export interface ContainerStarter {
  readonly client: DockerClient;
  readonly reaper: Reaper;
  readonly health: DaemonHealth;
  /** Limits the calls to the daemon at one time. More would only slow each other down inside it. */
  readonly semaphore: Semaphore;
}

/** A container that was made and attached to, but not started yet. */
export interface AttachedContainer {
  readonly name: string;
  readonly stream: Socket;
  /** Finds out why the stream ended; never rejects. */
  readonly explainExit: (message: string, diagnostics: string) => Promise<CellEnd>;
  /** Kills and removes the container in the background. Idempotent. */
  readonly remove: () => void;
}

/** How one kind of container differs from the others. `Use` is the object that the engine makes for the container. */
export interface ContainerKind<Use> {
  /** The settings of the next container. */
  specify(): ContainerSpec;
  /** Makes the object for the container, before the container is started. */
  connect(container: AttachedContainer): Use;
  /**
   * Settles with `undefined` when the container's program says that it is ready, or with the container's end if that comes
   * first. Without it, a container is ready when the daemon has started it.
   */
  ready?(use: Use): Promise<CellEnd | undefined>;
  /** Lets go of a container that did not become ready. It is removed in any case. */
  abandon(use: Use): void;
  /**
   * How many containers are tried if one ends before it is ready. A second attempt distinguishes an accident of one
   * container from an image that does not work. Default: 1.
   */
  readonly attempts?: number;
}

/** A program that is not ready after this time will never be ready. */
const readyTimeoutMs = 15_000;

/**
 * Makes a container, attaches to it, starts it, and returns it when it is ready. If that fails, the reaper removes the
 * container, even if the daemon finishes making it later.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if the daemon refuses, hangs or is too slow, or if the container ends
 * before it is ready; `signal.reason` once `signal` is aborted.
 */
export async function startContainer<Use>(
  starter: ContainerStarter,
  kind: ContainerKind<Use>,
  signal: AbortSignal,
): Promise<Use> {
  using watch = new DaemonWatch(starter.client, signal, starter.health);
  for (let attempt = 1; ; attempt += 1) {
    const { use, end } = await tryToStart(starter, kind, watch.signal);
    if (!end) return use;
    if (attempt >= (kind.attempts ?? 1)) throw neverReady(end);
  }
}

/** The container, with its end if it was not ready before that. */
async function tryToStart<Use>(
  { client, reaper, semaphore }: ContainerStarter,
  kind: ContainerKind<Use>,
  signal: AbortSignal,
): Promise<{ readonly use: Use; readonly end: CellEnd | undefined }> {
  using turn = await semaphore.acquire(signal);
  // Named here and not by the daemon, so that the container can be found even if the daemon's answer is lost.
  const name = `hotcell-${randomBytes(8).toString('hex')}`;
  const spec = kind.specify();
  reaper.register(name);
  // Not ended by the signal: the daemon would go on all the same, and nobody would know until when.
  const created = client.createContainer(name, spec);
  let abandon: (() => void) | undefined;
  try {
    await abortable(created, signal);
    const use = kind.connect({
      name,
      stream: (await client.attach(name, signal)) as Socket,
      explainExit: (message, diagnostics) => explainExit(client, name, message, diagnostics),
      remove: () => reaper.release(name),
    });
    abandon = () => kind.abandon(use);
    const end = await bringUp(client, name, kind.ready?.(use), turn, signal);
    if (end) {
      abandon();
      reaper.release(name);
    }
    return { use, end };
  } catch (error) {
    abandon?.();
    reaper.release(name, created);
    throw error;
  }
}

/**
 * Starts the container and waits until its program is ready, if the kind has a sign for that. The program's message
 * often arrives before the daemon's own answer. The first of both ends the turn at the daemon, so a slow program does
 * not hold up other containers.
 */
function bringUp(
  client: DockerClient,
  name: string,
  ready: Promise<CellEnd | undefined> | undefined,
  turn: Disposable,
  signal: AbortSignal,
): Promise<CellEnd | undefined> {
  if (!ready) return client.start(name, signal).then(() => undefined);
  return callDaemon({
    address: client.address,
    what: `start the runner of ${name}`,
    timeoutMs: readyTimeoutMs,
    signal,
    run: async (starting) => {
      const started = client.start(name, starting);
      await Promise.race([ready, started]);
      turn[Symbol.dispose]();
      const end = await Promise.race([ready, started.then(() => ready)]);
      // If it could not be started, the daemon's reason says more than the container's end.
      if (end) await started;
      return end;
    },
  });
}

function neverReady(end: CellEnd): HotcellError {
  return new HotcellError(
    'BACKEND_UNAVAILABLE',
    `The container did not become ready for its job. Run "hotcell doctor", and "hotcell setup" to rebuild the images. ${end.message}`,
  );
}
