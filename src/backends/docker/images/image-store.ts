import { abortable } from '../../../support/abortable.ts';
import type { DockerClient } from '../daemon/client.ts';
import { dataImage, type ImageName } from './image-recipe.ts';
import { ensureImage, type ImageOptions, type SandboxImage } from './images.ts';

/** The sandbox images of one engine: looked up once, built one at a time, and by whoever needs one first. */
export class ImageStore {
  readonly #client: DockerClient;
  readonly #options: Omit<ImageOptions, 'signal'>;
  readonly #images = new Map<ImageName, Promise<SandboxImage>>();
  readonly #known = new Map<ImageName, SandboxImage>();
  readonly #closing = new AbortController();
  #lastBuild: Promise<unknown> = Promise.resolve();

  constructor(client: DockerClient, options: Omit<ImageOptions, 'signal'> = {}) {
    this.#client = client;
    this.#options = options;
  }

  /**
   * The image, built where it is not there, but for the large one of data. An aborted `signal` ends the wait, not the build: others may wait for it.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE`, see {@link ensureImage}; the next call tries again.
   */
  async get(name: ImageName, signal?: AbortSignal): Promise<SandboxImage> {
    signal?.throwIfAborted();
    let image = this.#images.get(name);
    if (!image) {
      const options = { ...this.#options, signal: this.#closing.signal };
      image = this.#lastBuild.then(() => this.#find(name, options));
      this.#images.set(name, image);
      this.#lastBuild = image.catch(() => this.forget(name));
    }
    return signal ? await abortable(image, signal) : await image;
  }

  /** The image, where an earlier {@link get} found it. */
  known(name: ImageName): SandboxImage | undefined {
    return this.#known.get(name);
  }

  /** Looks again at the next {@link get}: the image was removed. */
  forget(name: ImageName): void {
    this.#images.delete(name);
    this.#known.delete(name);
  }

  /** Ends a build that is going on. */
  close(): void {
    this.#closing.abort(new Error('The engine was closed.'));
  }

  async #find(name: ImageName, options: ImageOptions): Promise<SandboxImage> {
    const image = await ensureImage(this.#client, name, { ...options, mustBeThere: name === dataImage });
    this.#known.set(name, image);
    return image;
  }
}
