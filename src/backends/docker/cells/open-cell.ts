import { randomBytes, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { HotcellError } from '../../../contract/api/errors.ts';
import type { Limits } from '../../../contract/api/limits.ts';
import type { CellEnd } from '../../../contract/spi/backend.ts';
import { abortable } from '../../../support/abortable.ts';
import type { Semaphore } from '../../../support/semaphore.ts';
import type { DaemonHealth } from '../daemon/daemon-health.ts';
import { callDaemon } from '../daemon/docker-call.ts';
import type { DockerClient } from '../daemon/docker-client.ts';
import { explainExit } from '../daemon/explain-exit.ts';
import type { Owner } from '../daemon/owner.ts';
import type { Reaper } from '../daemon/reaper.ts';
import { DockerCell } from './cell.ts';
import { buildContainerSpec, type ContainerProfile, containerLimits } from './container-spec.ts';

/** What every cell of one engine is made with. */
export interface CellMaker {
  readonly client: DockerClient;
  readonly reaper: Reaper;
  readonly health: DaemonHealth;
  readonly owner: Owner;
  readonly profile: ContainerProfile;
  /** Name of the OCI runtime, for results. */
  readonly runtime: string;
  /** `limits.valueKb` of any job at most. */
  readonly valueMaxKb: number;
  /** Lets a few at a time use the daemon; more of them only slow each other down inside it. */
  readonly semaphore: Semaphore;
  /** The cells that live; each leaves when it is disposed. */
  readonly cells: Set<DockerCell>;
}

/**
 * The numbers of which each guest gets one, by chance, as its user: the kernel counts inotify, queued signals and pipe pages
 * by user, in all containers together. They lie above the usual accounts of people, below those of systemd (60 001 on), and
 * within the 65 536 that an engine without root has.
 */
export const guestIds = { from: 20_000, below: 60_000 } as const;

/** A runner that is not ready after so long never will be. */
const readyTimeoutMs = 15_000;

/**
 * Makes a container of the image and returns it when its runner is ready. Where it ends before, another is made: that
 * tells an accident of one container from an image that does not work.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE`; `signal.reason` once `signal` is aborted.
 */
export async function openCell(
  maker: CellMaker,
  imageDigest: string,
  limits: Limits,
  signal: AbortSignal,
): Promise<DockerCell> {
  const first = await tryToOpen(maker, imageDigest, limits, signal);
  if (first instanceof DockerCell) return first;
  const second = await tryToOpen(maker, imageDigest, limits, signal);
  if (second instanceof DockerCell) return second;
  throw neverReady(second);
}

/**
 * The cell, or how its container ended before it was ready. On any way out but with a cell the container is left to the
 * reaper, even where the daemon finishes making it later.
 */
async function tryToOpen(
  maker: CellMaker,
  imageDigest: string,
  limits: Limits,
  signal: AbortSignal,
): Promise<DockerCell | CellEnd> {
  const { client, reaper } = maker;
  using turn = await maker.semaphore.acquire(signal);
  // Named here and not by the daemon, so that it can be found whatever becomes of the daemon's answer.
  const name = `hotcell-${randomBytes(8).toString('hex')}`;
  const guestId = randomInt(guestIds.from, guestIds.below);
  const spec = buildContainerSpec(imageDigest, limits, maker.profile, maker.owner.labels(), guestId);
  reaper.register(name);
  // Not ended by the signal: the daemon would go on all the same, and nobody would know until when.
  const created = client.createContainer(name, spec);
  let cell: DockerCell | undefined;
  try {
    await abortable(created, signal);
    cell = new DockerCell({
      name,
      stream: (await client.attach(name, signal)) as Socket,
      sandbox: { backend: 'docker', isolation: 'fresh', runtime: maker.runtime, image: imageDigest, warm: false },
      messageMaxBytes: maker.valueMaxKb * 1_024 + 1_048_576,
      adapt: (wanted, stop) => client.update(name, containerLimits(wanted, maker.profile), stop),
      watched: maker.profile.isGvisor
        ? { cpus: maker.profile.cpus, usedMs: (stop) => client.processorMs(name, stop) }
        : undefined,
      explainExit: (message, diagnostics) => explainExit(client, name, message, diagnostics, maker.health),
      remove: () => {
        if (cell) maker.cells.delete(cell);
        reaper.release(name);
      },
    });
    const end = await bringUp(client, name, cell, turn, signal);
    if (!end) {
      maker.cells.add(cell);
      return cell;
    }
    await cell[Symbol.asyncDispose]();
    return end;
  } catch (error) {
    await cell?.[Symbol.asyncDispose]();
    reaper.release(name, created);
    throw error;
  }
}

/**
 * Starts the container and waits for its runner, whose word often comes before the daemon's own answer. The first of both
 * ends the turn at the daemon: a runner that is held up holds up nobody else.
 */
export function bringUp(
  client: DockerClient,
  name: string,
  cell: { readonly ready: Promise<CellEnd | undefined> },
  turn: Disposable,
  signal: AbortSignal,
): Promise<CellEnd | undefined> {
  return callDaemon({
    address: client.address,
    what: `start the runner of ${name}`,
    timeoutMs: readyTimeoutMs,
    signal,
    run: async (starting) => {
      const started = client.start(name, starting);
      await Promise.race([cell.ready, started]);
      turn[Symbol.dispose]();
      const end = await Promise.race([cell.ready, started.then(() => cell.ready)]);
      // Where it could not be started, the daemon's reason says more than the container's end.
      if (end) await started;
      return end;
    },
  });
}

export function neverReady(end: CellEnd): HotcellError {
  return new HotcellError(
    'BACKEND_UNAVAILABLE',
    `The container did not become ready for its job. Run "hotcell doctor", and "hotcell setup" to rebuild the images. ${end.message}`,
  );
}
