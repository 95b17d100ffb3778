import type { Check } from '../../../contract/api/backend-reports.ts';
import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import type { DockerClient } from '../daemon/docker-client.ts';
import { type ImageDefinition, type ImageOptions, imageLabels } from './image-definition.ts';
import { dataImage, type ImageName, imageNames } from './image-recipe.ts';
import { defineIsolateHostImage } from './isolate-host-image.ts';
import { defineSandboxImage } from './sandbox-image.ts';

/** The image of Dockerfile.runner, in which host processes run. */
export const isolateHostImage = 'isolate-host';
/** Name of an image that hotcell builds. */
export type OwnImageName = ImageName | typeof isolateHostImage;

/** An image that exists in the Docker engine. */
export interface OwnImage {
  readonly name: OwnImageName;
  /** `hotcell-python:0123456789ab`. */
  readonly tag: string;
  /** `sha256:…`. The images of two machines differ, because Debian's packages change from day to day. */
  readonly digest: string;
}

const sandboxImages: readonly ImageName[] = [...imageNames, dataImage];

/**
 * Builds an image of hotcell, unless it exists. That takes about 30 s for a sandbox image if its base is missing too, 5
 * to 10 s for the isolate-host image. If two processes build the same image, the work is done twice, and both results
 * are good.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if it cannot be built in any way; the message says why and what to do.
 */
export async function ensureImage(
  client: DockerClient,
  name: OwnImageName,
  options: ImageOptions = {},
): Promise<OwnImage> {
  const image = await define(client, name, options.base);
  const { tag } = image;
  const present = await client.imageDigest(tag, options.signal);
  if (present) return { name, tag, digest: present };
  if (options.mustBeThere) {
    const message = `The image ${tag} is not built, and is too large to build automatically. Run "hotcell setup --data".`;
    throw new HotcellError('BACKEND_UNAVAILABLE', message);
  }

  const startedAt = performance.now();
  await image.build(options);
  options.onBuilt?.(tag, performance.now() - startedAt);
  const digest = await client.imageDigest(tag, options.signal);
  if (digest) return { name, tag, digest };
  throw new HotcellError(
    'BACKEND_UNAVAILABLE',
    `The Docker engine at ${client.address} built ${tag} but no longer has it: something removed it. Try again.`,
  );
}

/** {@link ensureImage} for the images of all languages, one after the other because they share their base. */
export async function ensureImages(client: DockerClient, options: ImageOptions = {}): Promise<readonly OwnImage[]> {
  const images: OwnImage[] = [];
  for (const name of imageNames) images.push(await ensureImage(client, name, options));
  return images;
}

/** Reports for each sandbox image whether it exists. Never rejects. */
export async function checkImages(client: DockerClient, signal?: AbortSignal): Promise<readonly Check[]> {
  return await Promise.all(sandboxImages.map((name) => checkImage(client, name, signal)));
}

/** Removes images and bases of recipes other than the present ones, and returns their names. An image that a container still uses stays. */
export async function pruneImages(client: DockerClient, signal?: AbortSignal): Promise<readonly string[]> {
  const names: readonly OwnImageName[] = [...sandboxImages, isolateHostImage];
  const images = await Promise.all(names.map((name) => define(client, name)));
  const present = new Set(images.flatMap(({ tag, ownBase }) => [tag, ownBase]));
  const built = await Promise.all(
    Object.values(imageLabels).map((label) => client.listImages({ [label]: '' }, signal)),
  );
  // An imported image has no label.
  const bases = (await client.listImages({}, signal)).filter(({ tags }) =>
    tags.some((tag) => /^hotcell-base:/.test(tag)),
  );

  const removed: string[] = [];
  for (const image of [...built.flat(), ...bases]) {
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

function define(client: DockerClient, name: OwnImageName, base?: string): Promise<ImageDefinition> {
  return name === isolateHostImage ? defineIsolateHostImage(client) : defineSandboxImage(client, name, base);
}

async function checkImage(client: DockerClient, image: ImageName, signal: AbortSignal | undefined): Promise<Check> {
  const name = `image ${image}`;
  try {
    const { tag } = await define(client, image);
    const digest = await client.imageDigest(tag, signal);
    if (digest) return { name, verdict: 'ok', detail: `${tag} ${digest}` };
    if (image === dataImage) return { name, verdict: 'ok', detail: 'not built; "hotcell setup --data" builds it' };
    const remedy = 'Run "hotcell setup"; otherwise the first call builds it.';
    return { name, verdict: 'warn', detail: `${tag} is not built yet`, remedy };
  } catch (error) {
    return { name, verdict: 'fail', detail: textOfThrown(error), remedy: 'Start the Docker engine, then try again.' };
  }
}
