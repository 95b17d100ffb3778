import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import type { DockerClient } from '../daemon/docker-client.ts';
import { type BaseOptions, bootstrapBase, bootstrappedBaseTag, pullBase } from './base-image.ts';
import { type ImageDefinition, type ImageOptions, imageLabels } from './image-definition.ts';
import { type ImageName, type ImageRecipe, packRecipe, readRecipe } from './image-recipe.ts';

const defaultBase = 'debian:trixie-slim';

/** The image of a language, made from `sandbox-images/`. `base` as in {@link ImageOptions}. */
export async function defineSandboxImage(
  client: DockerClient,
  name: ImageName,
  base?: string,
): Promise<ImageDefinition> {
  const choice = chooseBase(base);
  const recipe = await readRecipe(name, choice.reference);
  return {
    tag: recipe.tag,
    ownBase: bootstrappedBaseTag(recipe),
    build: (options) => buildImage(client, recipe, choice, options),
  };
}

/** The image that a sandbox image starts from. `reference` is set if it is neither the default nor made here. */
interface BaseChoice {
  readonly bootstrap: boolean;
  readonly reference: string | undefined;
}

function chooseBase(option: string | undefined): BaseChoice {
  const base = (option ?? process.env.HOTCELL_BASE) || defaultBase;
  const bootstrap = base === 'bootstrap';
  return { bootstrap, reference: bootstrap || base === defaultBase ? undefined : base };
}

async function buildImage(
  client: DockerClient,
  recipe: ImageRecipe,
  choice: BaseChoice,
  options: ImageOptions,
): Promise<void> {
  const { tag, packages, leftOut, revision } = recipe;
  const failures: string[] = [];
  for (const makeBase of await waysToBase(client, choice, { ...options, packages, leftOut, revision })) {
    try {
      const base = await makeBase();
      const labels = { [imageLabels.sandbox]: recipe.hash, 'hotcell.base': base };
      const settings = { buildArguments: { BASE: base }, labels };
      await client.buildImage(tag, packRecipe(recipe), settings, options.onProgress ?? (() => {}), options.signal);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(textOfThrown(error));
    }
  }
  throw new HotcellError('BACKEND_UNAVAILABLE', `Cannot build the image ${tag}. ${failures.join(' ')}`);
}

/** Ways to get the base image, in the order in which they are tried. */
async function waysToBase(
  client: DockerClient,
  choice: BaseChoice,
  options: BaseOptions,
): Promise<readonly (() => Promise<string>)[]> {
  const bootstrap = (): Promise<string> => bootstrapBase(client, options);
  const pull = (): Promise<string> => pullBase(client, choice.reference ?? defaultBase, options);
  if (choice.reference) return [pull];
  // A base that was made here before needs no registry, and images were already built on it.
  const madeBefore = await client.imageDigest(bootstrappedBaseTag(options), options.signal);
  return choice.bootstrap || madeBefore ? [bootstrap] : [pull, bootstrap];
}
