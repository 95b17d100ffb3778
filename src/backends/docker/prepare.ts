import type { PreparationStep } from '../../contract/api/backend-reports.ts';
import { removeOrphans } from './daemon/orphans.ts';
import type { DockerConnection } from './docker-connection.ts';
import type { ImageName } from './images/image-recipe.ts';
import { ensureImage } from './images/images.ts';

/** Hears of each step as it goes. */
type StepReport = (step: PreparationStep) => void;

/**
 * Builds the images that are not there yet, one after the other as they share their base, and removes what dead engines
 * left.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` of the first step that fails.
 */
export async function prepareEngine(
  { client, onBuilt }: DockerConnection,
  images: readonly ImageName[],
  report: StepReport,
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

/** Runs one step and reports its beginning, its progress and its end; `run` returns what there is to say at the end. */
export async function runStep(
  step: string,
  report: StepReport,
  run: (progress: (detail: string) => void) => Promise<string>,
): Promise<void> {
  report({ step, state: 'running', detail: '' });
  try {
    const detail = await run((line) => report({ step, state: 'running', detail: line }));
    report({ step, state: 'done', detail });
  } catch (error) {
    report({ step, state: 'failed', detail: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
