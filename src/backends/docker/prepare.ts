import type { PreparationStep } from '../../contract/api/backend-reports.ts';
import { runStep } from '../../contract/spi/run-step.ts';
import { removeOrphans } from './daemon/orphans.ts';
import type { DockerConnection } from './docker-connection.ts';
import type { ImageName } from './images/image-recipe.ts';
import { ensureImage } from './images/images.ts';

/**
 * Builds the images that are missing, one after the other because they share their base, and removes containers that
 * dead engines left.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` of the first step that fails.
 */
export async function prepareEngine(
  { client, onBuilt }: DockerConnection,
  images: readonly ImageName[],
  report: (step: PreparationStep) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const name of images) {
    await runStep(`image ${name}`, report, async (progress) => {
      const options = { installTools: true, onProgress: progress, onBuilt, signal };
      const { tag, digest } = await ensureImage(client, name, options);
      return `${tag} ${digest}`;
    });
  }
  await runStep('leftover containers', report, async () => {
    const count = await removeOrphans(client, signal);
    return count === 0 ? 'none' : `removed ${count} that dead engines left`;
  });
}
