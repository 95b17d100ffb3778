import type { Profile } from '../../../cells/pool/pool-profile.ts';
import type { Limits } from '../../../contract/api/limits.ts';
import type { DockerCell } from './cell.ts';
import { type CellMaker, openCell } from './open-cell.ts';

/** What a waiting runner and its guest take, in MiB: 11 were measured for Python, 7 for Bash; 33 and 27 with gVisor. */
const waitingMb = 12;
/** What gVisor's own kernel takes for each container beside that, in MiB. */
const gvisorMb = 24;

/**
 * The cells that a job of these limits may have. Memory and processes can be changed while a container runs; the size of
 * its disk and the ceiling of its descriptors are fixed when it is made, and all of it with gVisor and Podman.
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
