import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import type { CellEnd } from '../../../contract/spi/backend.ts';
import { abortable } from '../../../support/abortable.ts';
import { Deadline } from '../../../support/deadline.ts';
import type { Semaphore } from '../../../support/semaphore.ts';
import type { DaemonHealth } from './daemon-health.ts';
import { DaemonWatch } from './daemon-watch.ts';
import type { ContainerSpec, DockerClient } from './docker-client.ts';
import { explainDelay } from './explain-delay.ts';
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
  /** The end of what the program wrote to stderr until now. */
  diagnostics?(use: Use): string;
  /** How long it may take from the request to start it until it is ready, in milliseconds. Default: 15 000. */
  readonly readyTimeoutMs?: number;
  /** Releases a container that did not become ready. The container is removed in any case. */
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
  const task: Task = { step: 'wait for its turn' };
  try {
    for (let attempt = 1; ; attempt += 1) {
      const { use, end } = await tryToStart(starter, kind, task, watch.signal);
      if (!end) return use;
      if (attempt >= (kind.attempts ?? 1)) throw neverReady(end);
    }
  } catch (error) {
    throw error === watch.signal.reason && !signal.aborted ? stoppedAnswering(task, error) : error;
  }
}

/** The step that is being taken, for messages. */
interface Task {
  step: 'wait for its turn' | 'create the container' | 'attach to the container' | 'start the container';
}

/** The container, with its end if it was not ready before that. */
async function tryToStart<Use>(
  { client, reaper, semaphore, health }: ContainerStarter,
  kind: ContainerKind<Use>,
  task: Task,
  signal: AbortSignal,
): Promise<{ readonly use: Use; readonly end: CellEnd | undefined }> {
  task.step = 'wait for its turn';
  using turn = await semaphore.acquire(signal);
  // Named here and not by the daemon, so that the container can be found even if the daemon's answer is lost.
  const name = `hotcell-${randomBytes(8).toString('hex')}`;
  const spec = kind.specify();
  reaper.register(name);
  // Not aborted by the signal: the daemon would continue anyway, and nobody would know when it is done.
  task.step = 'create the container';
  const created = client.createContainer(name, spec);
  let abandon: (() => void) | undefined;
  try {
    await abortable(created, signal);
    task.step = 'attach to the container';
    const use = kind.connect({
      name,
      stream: (await client.attach(name, signal)) as Socket,
      explainExit: (message, diagnostics) => explainExit(client, name, message, diagnostics, health),
      remove: () => reaper.release(name),
    });
    abandon = () => kind.abandon(use);
    task.step = 'start the container';
    const end = await bringUp(client, name, kind, use, turn, signal);
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
async function bringUp<Use>(
  client: DockerClient,
  name: string,
  kind: ContainerKind<Use>,
  use: Use,
  turn: Disposable,
  signal: AbortSignal,
): Promise<CellEnd | undefined> {
  const ready = kind.ready?.(use);
  if (!ready) {
    await client.start(name, signal);
    return undefined;
  }
  const waitedMs = kind.readyTimeoutMs ?? readyTimeoutMs;
  const beganAt = performance.now();
  let startedAfterMs: number | undefined;
  const isLate = new Error(`not ready after ${waitedMs} ms`);
  using deadline = new Deadline(waitedMs, () => isLate, signal);
  const comeUp = async (): Promise<CellEnd | undefined> => {
    const started = client.start(name, deadline.signal).then(() => {
      startedAfterMs = performance.now() - beganAt;
    });
    await Promise.race([ready, started]);
    turn[Symbol.dispose]();
    const end = await Promise.race([ready, started.then(() => ready)]);
    // If it could not be started, the daemon's reason says more than the container's end.
    if (end) await started;
    return end;
  };
  try {
    return await abortable(comeUp(), deadline.signal);
  } catch (error) {
    if (error !== isLate) throw error;
    throw await explainDelay(client, { name, waitedMs, startedAfterMs, diagnostics: kind.diagnostics?.(use) });
  }
}

function neverReady(end: CellEnd): HotcellError {
  return new HotcellError(
    'BACKEND_UNAVAILABLE',
    `The container did not become ready for its job. Run "hotcell doctor", and "hotcell setup" to rebuild the images. ${end.message}`,
  );
}

/** The daemon went silent, whatever it had to do. */
function stoppedAnswering({ step }: Task, error: unknown): HotcellError {
  return new HotcellError('BACKEND_UNAVAILABLE', `Docker became silent at this step: ${step}. ${textOfThrown(error)}`, {
    cause: error,
  });
}
