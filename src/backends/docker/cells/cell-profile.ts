import type { Profile } from '../../../cells/pool/pool-profile.ts';
import type { Limits } from '../../../contract/api/limits.ts';
import type { DockerCell } from './cell.ts';
import { type CellMaker, openCell } from './open-cell.ts';

/** Memory of a waiting runner and its guest, in MiB: 11 were measured for Python, 7 for Bash; 33 and 27 with gVisor. */
const waitingMb = 12;
/** Memory of gVisor's own kernel for each container in addition, in MiB. */
const gvisorMb = 24;

/**
 * The cells that fit a job of these limits. Memory and processes can change while a container runs. The disk size and
 * the ceiling of open files are fixed when the container is made; with gVisor and Podman all limits are.
 */
export function cellProfile(maker: CellMaker, image: string, imageDigest: string, limits: Limits): Profile<DockerCell> {
  const { isGvisor, isPodman, preloadedMb = 0 } = maker.profile;
  const { memoryMb, processes, diskMb, openFiles } = limits;
  const fixed = `${image} ${imageDigest.slice(7, 19)} ${diskMb} MiB disk, ${openFiles} files`;
  const key = `${fixed}, ${memoryMb} MiB, ${processes} processes`;
  return {
    key,
    compatibilityKey: isGvisor || isPodman ? key : fixed,
    memoryMb: waitingMb + preloadedMb + (isGvisor ? gvisorMb : 0),
    async make(signal) {
      const cell = await openCell(maker, imageDigest, limits, signal);
      cell.rest();
      return cell;
    },
    adapt: (cell, signal) => cell.adapt(limits, signal),
  };
}
