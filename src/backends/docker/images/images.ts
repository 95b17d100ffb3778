import type { Check } from '../../../contract/api/backend-reports.ts';
import { HotcellError } from '../../../contract/api/errors.ts';
import type { DockerClient } from '../daemon/client.ts';
import { type BaseOptions, bootstrapBase, bootstrappedBaseTag, pullBase } from './base-image.ts';
import { dataImage, type ImageName, type ImageRecipe, imageNames, packRecipe, readRecipe } from './image-recipe.ts';
import { isolateHostLabel } from './isolate-host-image.ts';
import { readIsolateHostRecipe } from './isolate-host-recipe.ts';

/** A sandbox image that is there. */
export interface SandboxImage {
  readonly name: ImageName;
  /** `hotcell-python:0123456789ab`. */
  readonly tag: string;
  /** `sha256:…`; the images of two machines differ, as Debian's packages do from day to day. */
  readonly digest: string;
}

/** How images are built. */
export interface ImageOptions extends Omit<BaseOptions, 'packages' | 'leftOut' | 'revision'> {
  /**
   * `bootstrap`: make the base from Debian's packages, without a registry. Any other: the image to start from,
   * `debian@sha256:…`. Default: `HOTCELL_BASE`, else `debian:trixie-slim`, bootstrapped where it cannot be had.
   */
  readonly base?: string | undefined;
  /** Whether an image that is not there is to be missed rather than built. Default: no. */
  readonly mustBeThere?: boolean | undefined;
  /** Hears of an image that was built, and how long that took. */
  readonly onBuilt?: ((tag: string, ms: number) => void) | undefined;
}

/** What every image of hotcell is labelled with; the value is the recipe's hash. */
const recipeLabel = 'hotcell.recipe';

const allImages: readonly ImageName[] = [...imageNames, dataImage];
const defaultBase = 'debian:trixie-slim';

/**
 * Makes sure that a sandbox image is there, and builds it where it is not: some 30 s where nothing is there yet. Two
 * processes that build the same image do the work twice, and either's is good.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` where it can be built in no way; the message says why and what to do.
 */
export async function ensureImage(
  client: DockerClient,
  name: ImageName,
  options: ImageOptions = {},
): Promise<SandboxImage> {
  const base = chooseBase(options.base);
  const recipe = await readRecipe(name, base.reference);
  const { tag } = recipe;
  const present = await client.imageDigest(tag, options.signal);
  if (present) return { name, tag, digest: present };
  if (options.mustBeThere) {
    const message = `The image ${tag} is not built, and is too large to build automatically. Run "hotcell setup --data".`;
    throw new HotcellError('BACKEND_UNAVAILABLE', message);
  }

  const startedAt = performance.now();
  await buildImage(client, recipe, base, options);
  options.onBuilt?.(tag, performance.now() - startedAt);
  const digest = await client.imageDigest(tag, options.signal);
  if (digest) return { name, tag, digest };
  throw new HotcellError(
    'BACKEND_UNAVAILABLE',
    `The Docker engine at ${client.address} built ${tag} but no longer has it: something removed it. Try again.`,
  );
}

/** {@link ensureImage} for the images of all languages, one after the other: they share their base. */
export async function ensureImages(client: DockerClient, options: ImageOptions = {}): Promise<readonly SandboxImage[]> {
  const images: SandboxImage[] = [];
  for (const name of imageNames) images.push(await ensureImage(client, name, options));
  return images;
}

/** Says of each image whether it is there; never rejects. */
export async function checkImages(client: DockerClient, signal?: AbortSignal): Promise<readonly Check[]> {
  return await Promise.all(allImages.map((name) => checkImage(client, name, signal)));
}

/**
 * Removes images and bases that hotcell made of recipes other than its present ones, and answers their names. One that
 * a container still uses stays.
 */
export async function pruneImages(client: DockerClient, signal?: AbortSignal): Promise<readonly string[]> {
  const { reference } = chooseBase();
  const recipes = await Promise.all(allImages.map((name) => readRecipe(name, reference)));
  const runner = await readIsolateHostRecipe();
  const present = new Set([runner.tag, ...recipes.flatMap((recipe) => [recipe.tag, bootstrappedBaseTag(recipe)])]);
  const built = [
    ...(await client.listImages({ [recipeLabel]: '' }, signal)),
    ...(await client.listImages({ [isolateHostLabel]: '' }, signal)),
  ];
  // An imported image carries no label.
  const bases = (await client.listImages({}, signal)).filter(({ tags }) =>
    tags.some((tag) => /^hotcell-base:/.test(tag)),
  );

  const removed: string[] = [];
  for (const image of [...built, ...bases]) {
    const names = image.tags.filter((tag) => tag !== '<none>:<none>');
    if (names.some((name) => present.has(name))) continue;
    for (const name of names.length > 0 ? names : [image.id]) {
      const gone = await client.removeImage(name, signal).then(
        () => true,
        () => false,
      );
      signal?.throwIfAborted();
      if (gone) removed.push(name);
    }
  }
  return removed;
}

/** Where the images start from. `reference` is set where that is neither the default nor made here. */
interface BaseChoice {
  readonly bootstrap: boolean;
  readonly reference: string | undefined;
}

function chooseBase(option?: string): BaseChoice {
  const base = (option ?? process.env.HOTCELL_BASE) || defaultBase;
  const bootstrap = base === 'bootstrap';
  return { bootstrap, reference: bootstrap || base === defaultBase ? undefined : base };
}

async function checkImage(client: DockerClient, image: ImageName, signal: AbortSignal | undefined): Promise<Check> {
  const name = `image ${image}`;
  try {
    const { tag } = await readRecipe(image, chooseBase().reference);
    const digest = await client.imageDigest(tag, signal);
    if (digest) return { name, verdict: 'ok', detail: `${tag} ${digest}` };
    if (image === dataImage) return { name, verdict: 'ok', detail: 'not built; "hotcell setup --data" builds it' };
    const remedy = 'Run "hotcell setup"; otherwise the first call builds it.';
    return { name, verdict: 'warn', detail: `${tag} is not built yet`, remedy };
  } catch (error) {
    return { name, verdict: 'fail', detail: messageOf(error), remedy: 'Start the Docker engine, then try again.' };
  }
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
      const settings = { buildArguments: { BASE: base }, labels: { [recipeLabel]: recipe.hash, 'hotcell.base': base } };
      await client.buildImage(tag, packRecipe(recipe), settings, options.onProgress ?? (() => {}), options.signal);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(messageOf(error));
    }
  }
  throw new HotcellError('BACKEND_UNAVAILABLE', `Cannot build the image ${tag}. ${failures.join(' ')}`);
}

/** The ways to the base image, in the order in which to try them. */
async function waysToBase(
  client: DockerClient,
  choice: BaseChoice,
  options: BaseOptions,
): Promise<readonly (() => Promise<string>)[]> {
  const bootstrap = (): Promise<string> => bootstrapBase(client, options);
  const pull = (): Promise<string> => pullBase(client, choice.reference ?? defaultBase, options);
  if (choice.reference) return [pull];
  // What was made here before needs no registry, and its images have been shown to build.
  const madeBefore = await client.imageDigest(bootstrappedBaseTag(options), options.signal);
  return choice.bootstrap || madeBefore ? [bootstrap] : [pull, bootstrap];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
