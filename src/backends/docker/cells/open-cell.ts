import { randomInt } from 'node:crypto';
import type { Limits } from '../../../contract/api/limits.ts';
import type { Owner } from '../daemon/owner.ts';
import { type ContainerStarter, startContainer } from '../daemon/start-container.ts';
import { DockerCell } from './cell.ts';
import { buildContainerSpec, type ContainerProfile, containerLimits } from './container-spec.ts';

/** Settings that all cells of one engine share. */
export interface CellMaker extends ContainerStarter {
  readonly owner: Owner;
  readonly profile: ContainerProfile;
  /** Name of the OCI runtime, for results. */
  readonly runtime: string;
  /** Largest `limits.valueKb` of any job. */
  readonly valueMaxKb: number;
  /** The living cells; each removes itself when it is disposed. */
  readonly cells: Set<DockerCell>;
}

/**
 * Range of user ids. Each guest gets a random one, because the kernel counts inotify, queued signals and pipe pages by
 * user, over all containers together. The range lies above the usual accounts of people, below those of systemd (from
 * 60 001), and within the 65 536 ids of an engine without root.
 */
export const guestIds = { from: 20_000, below: 60_000 } as const;

/**
 * Makes a container of the image and returns it when its runner is ready.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE`; `signal.reason` once `signal` is aborted.
 */
export async function openCell(
  maker: CellMaker,
  imageDigest: string,
  limits: Limits,
  signal: AbortSignal,
): Promise<DockerCell> {
  const { client, profile } = maker;
  const cell = await startContainer(
    maker,
    {
      attempts: 2,
      specify() {
        const guestId = randomInt(guestIds.from, guestIds.below);
        return buildContainerSpec(imageDigest, limits, profile, maker.owner.labels(), guestId);
      },
      connect(container) {
        const { name, stream } = container;
        const cell: DockerCell = new DockerCell({
          name,
          stream,
          sandbox: { backend: 'docker', isolation: 'fresh', runtime: maker.runtime, image: imageDigest, warm: false },
          messageMaxBytes: maker.valueMaxKb * 1_024 + 1_048_576,
          adapt: (wanted, stop) => client.update(name, containerLimits(wanted, profile), stop),
          watched: profile.isGvisor
            ? { cpus: profile.cpus, usedMs: (stop) => client.processorMs(name, stop) }
            : undefined,
          explainExit: container.explainExit,
          remove() {
            maker.cells.delete(cell);
            container.remove();
          },
        });
        return cell;
      },
      ready: (cell) => cell.ready,
      diagnostics: (cell) => cell.diagnostics,
      abandon: (cell) => void cell[Symbol.asyncDispose](),
    },
    signal,
  );
  maker.cells.add(cell);
  return cell;
}
