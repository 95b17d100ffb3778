import { statusOf } from './docker-call.ts';
import type { DockerClient } from './docker-client.ts';
import { ownerLabels, ownerState } from './owner.ts';

type Found = Awaited<ReturnType<DockerClient['list']>>[number];

/**
 * A container's owner removes it within seconds after it stopped. If this process cannot tell whether the owner lives
 * (another host, another boot, another namespace), a stopped container of this age counts as left over.
 */
const strayAfterMs = 600_000;

/** All containers of all engines on this daemon. */
export function listCells(client: DockerClient, signal?: AbortSignal): Promise<readonly Found[]> {
  return client.list({ [ownerLabels.owner]: '' }, signal);
}

/** Whether the engine that made the container has ended. Never true of a living engine's container. */
export function isOrphan(container: Found): boolean {
  const state = ownerState(container.labels);
  if (state !== 'unknown') return state === 'dead';
  // The runner exits when its engine is gone, so a stray container always stops.
  const ageMs = Date.now() - Date.parse(container.labels[ownerLabels.born] ?? '');
  return ['created', 'exited', 'dead'].includes(container.state) && ageMs > strayAfterMs;
}

/**
 * Removes the containers that dead engines left on this daemon, and returns how many it removed.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if the daemon fails; the next call finds the rest.
 */
export async function removeOrphans(client: DockerClient, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for (const { id } of (await listCells(client, signal)).filter(isOrphan)) {
    try {
      await client.remove(id, signal);
      count += 1;
    } catch (error) {
      // 409: another engine is removing it.
      if (statusOf(error) !== 409) throw error;
    }
  }
  return count;
}
