import { HotcellError } from '../../../contract/api/errors.ts';
import { abortable } from '../../../support/abortable.ts';
import type { DockerClient } from '../daemon/docker-client.ts';
import { pullBase } from './base-image.ts';
import { packIsolateHostRecipe, readIsolateHostRecipe } from './isolate-host-recipe.ts';

/** The image of Dockerfile.runner, as an engine has it. */
export interface IsolateHostImage {
  /** `hotcell-runner:0123456789ab`. */
  readonly tag: string;
  /** `sha256:…`. */
  readonly digest: string;
}

/** How the image is built where it is not there. */
export interface IsolateHostImageOptions {
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Hears that it was built, and how long that took. */
  readonly onBuilt?: ((tag: string, ms: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the image is labelled with; the value is the recipe's hash. */
export const isolateHostLabel = 'hotcell.runner';

/**
 * Makes sure that the isolate-host image is there, and builds it out of this installation where it is not: 5 to 10 s on Linux,
 * without a registry.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` where that cannot be done.
 */
export async function ensureIsolateHostImage(
  client: DockerClient,
  options: IsolateHostImageOptions = {},
): Promise<IsolateHostImage> {
  const { signal, onProgress = () => {}, onBuilt } = options;
  const recipe = await readIsolateHostRecipe().catch((error: Error) => {
    throw new HotcellError('BACKEND_UNAVAILABLE', `Cannot build the isolate-host image. ${error.message}`, {
      cause: error,
    });
  });
  const { tag, base } = recipe;
  const present = await client.imageDigest(tag, signal);
  if (present) return { tag, digest: present };

  const startedAt = performance.now();
  if (base !== 'scratch') await pullBase(client, base, { ...options, packages: [] });
  const settings = { buildArguments: { BASE: base }, labels: { [isolateHostLabel]: recipe.hash } };
  await client.buildImage(tag, packIsolateHostRecipe(recipe), settings, onProgress, signal);
  onBuilt?.(tag, performance.now() - startedAt);
  const digest = await client.imageDigest(tag, signal);
  if (digest) return { tag, digest };
  const message = `The Docker engine at ${client.address} built ${tag} but no longer has it: something removed it. Try again.`;
  throw new HotcellError('BACKEND_UNAVAILABLE', message);
}

/** The isolate-host image of one engine: looked up once, and built by whoever needs it first. */
export class IsolateHostImageStore {
  readonly #onBuilt: IsolateHostImageOptions['onBuilt'];
  readonly #closing = new AbortController();
  #image: Promise<IsolateHostImage> | undefined;

  constructor(onBuilt?: IsolateHostImageOptions['onBuilt']) {
    this.#onBuilt = onBuilt;
  }

  /**
   * The image, built where it is not there. An aborted `signal` ends the wait, not the build: others may wait for it.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE`, see {@link ensureIsolateHostImage}; the next call tries again.
   */
  async get(client: DockerClient, signal: AbortSignal, onProgress?: (line: string) => void): Promise<IsolateHostImage> {
    signal.throwIfAborted();
    const options = { onProgress, onBuilt: this.#onBuilt, signal: this.#closing.signal };
    this.#image ??= ensureIsolateHostImage(client, options).catch((error: unknown) => {
      this.forget();
      throw error;
    });
    return await abortable(this.#image, signal);
  }

  /** Looks again at the next {@link get}: the image was removed. */
  forget(): void {
    this.#image = undefined;
  }

  /** Ends a build that is going on. */
  close(): void {
    this.#closing.abort(new Error('The engine was closed.'));
  }
}
