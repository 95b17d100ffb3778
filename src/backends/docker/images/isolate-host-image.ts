import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import type { DockerClient } from '../daemon/docker-client.ts';
import { pullBase } from './base-image.ts';
import { type ImageDefinition, imageLabels } from './image-definition.ts';
import { packIsolateHostRecipe, readIsolateHostRecipe } from './isolate-host-recipe.ts';

/**
 * The image of Dockerfile.runner, made from this installation. A build takes 5 to 10 s on Linux, without a registry.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if hotcell is not compiled, or if a package that it needs is missing.
 */
export async function defineIsolateHostImage(client: DockerClient): Promise<ImageDefinition> {
  const recipe = await readIsolateHostRecipe().catch((error: unknown) => {
    const message = `Cannot build the isolate-host image. ${textOfThrown(error)}`;
    throw new HotcellError('BACKEND_UNAVAILABLE', message, { cause: error });
  });
  const { tag, base, hash } = recipe;
  return {
    tag,
    ownBase: undefined,
    async build({ onProgress = () => {}, signal }) {
      if (base !== 'scratch') await pullBase(client, base, { onProgress, signal, packages: [] });
      const settings = { buildArguments: { BASE: base }, labels: { [imageLabels.isolateHost]: hash } };
      await client.buildImage(tag, packIsolateHostRecipe(recipe), settings, onProgress, signal);
    },
  };
}
