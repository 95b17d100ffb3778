import { statusOf } from './docker-call.ts';
import type { DockerClient } from './docker-client.ts';
import { ownerLabels, ownerState } from './owner.ts';

type Found = Awaited<ReturnType<DockerClient['list']>>[number];

/**
 * A container that does not run any more is nobody's: its owner removes it within seconds, if there is one. This long
 * is waited where the owner cannot be judged from here (another host, another boot, another namespace).
 */
const strayAfterMs = 600_000;

/** All containers of all engines that this daemon has. */
export function listCells(client: DockerClient, signal?: AbortSignal): Promise<readonly Found[]> {
  return client.list({ [ownerLabels.owner]: '' }, signal);
}

/** Whether the engine that made the container is gone for good. Never true of a living engine's container. */
export function isOrphan(container: Found): boolean {
  const state = ownerState(container.labels);
  if (state !== 'unknown') return state === 'dead';
  // The runner exits when its engine is gone, so a stray container always comes to rest.
  const ageMs = Date.now() - Date.parse(container.labels[ownerLabels.born] ?? '');
  return ['created', 'exited', 'dead'].includes(container.state) && ageMs > strayAfterMs;
}

/**
 * Removes the containers that dead engines left on this daemon, and returns how many that were.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` where the daemon fails; what is left then is found the next time.
 */
export async function removeOrphans(client: DockerClient, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for (const { id } of (await listCells(client, signal)).filter(isOrphan)) {
    try {
      await client.remove(id, signal);
      count += 1;
    } catch (error) {
      // Another engine is at it.
      if (statusOf(error) !== 409) throw error;
    }
  }
  return count;
}
