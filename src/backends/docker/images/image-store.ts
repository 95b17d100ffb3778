import { abortable } from '../../../support/abortable.ts';
import type { DockerClient } from '../daemon/docker-client.ts';
import type { ImageOptions } from './image-definition.ts';
import { dataImage } from './image-recipe.ts';
import { ensureImage, isolateHostImage, type OwnImage, type OwnImageName } from './images.ts';

/** The images of one Docker engine. Each is looked up once, and built by the first call that needs it. */
export class ImageStore {
  readonly #client: DockerClient;
  readonly #options: Omit<ImageOptions, 'signal'>;
  readonly #images = new Map<OwnImageName, Promise<OwnImage>>();
  readonly #known = new Map<OwnImageName, OwnImage>();
  readonly #closing = new AbortController();
  /** Sandbox images share their base, so they are built one at a time. */
  #lastSandboxImage: Promise<unknown> = Promise.resolve();

  constructor(client: DockerClient, options: Omit<ImageOptions, 'signal'> = {}) {
    this.#client = client;
    this.#options = options;
  }

  /**
   * Returns the image. Builds it if it is missing, except the large data image. An aborted `signal` ends the wait, not
   * the build, because other calls may wait for it.
   * @param onProgress gets the lines of the build, if this call starts it.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE`, see {@link ensureImage}; the next call tries again.
   */
  async get(name: OwnImageName, signal?: AbortSignal, onProgress?: (line: string) => void): Promise<OwnImage> {
    signal?.throwIfAborted();
    let image = this.#images.get(name);
    if (!image) {
      const find = (): Promise<OwnImage> => this.#find(name, onProgress);
      image = name === isolateHostImage ? find() : this.#lastSandboxImage.then(find);
      this.#images.set(name, image);
      const settled = image.catch(() => this.forget(name));
      if (name !== isolateHostImage) this.#lastSandboxImage = settled;
    }
    return signal ? await abortable(image, signal) : await image;
  }

  /** The image, if an earlier {@link get} found it. */
  known(name: OwnImageName): OwnImage | undefined {
    return this.#known.get(name);
  }

  /** Makes the next {@link get} look again, because the image was removed. */
  forget(name: OwnImageName): void {
    this.#images.delete(name);
    this.#known.delete(name);
  }

  /** Ends a running build. */
  close(): void {
    this.#closing.abort(new Error('The engine was closed.'));
  }

  async #find(name: OwnImageName, onProgress = this.#options.onProgress): Promise<OwnImage> {
    const options = { ...this.#options, onProgress, signal: this.#closing.signal, mustBeThere: name === dataImage };
    const image = await ensureImage(this.#client, name, options);
    this.#known.set(name, image);
    return image;
  }
}
