import type { BaseOptions } from './base-image.ts';

/** How images are built. */
export interface ImageOptions extends Omit<BaseOptions, 'packages' | 'leftOut' | 'revision'> {
  /**
   * `bootstrap`: make the base from Debian's packages, without a registry. Any other text: the image to start from,
   * `debian@sha256:…`. Default: `HOTCELL_BASE`, else `debian:trixie-slim`, or a bootstrapped base if that is not
   * available. The isolate-host image has its own base.
   */
  readonly base?: string | undefined;
  /** Whether a missing image is an error instead of a reason to build it. Default: no. */
  readonly mustBeThere?: boolean | undefined;
  /** Called when an image was built, with the time that this took. */
  readonly onBuilt?: ((tag: string, ms: number) => void) | undefined;
}

/**
 * An image that hotcell builds from its own files. Its name contains their hash, so other content makes another name.
 */
export interface ImageDefinition {
  /** `hotcell-NAME:HASH`, with 12 hexadecimal digits of the recipe's hash. */
  readonly tag: string;
  /** Name of the base image that hotcell makes for it, if it can make one. */
  readonly ownBase: string | undefined;
  /**
   * Builds the image under its tag.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` with the reason; `options.signal.reason` once that is aborted.
   */
  build(options: ImageOptions): Promise<void>;
}

/** Labels of hotcell's images; the value is the recipe's hash. */
export const imageLabels = { sandbox: 'hotcell.recipe', isolateHost: 'hotcell.runner' } as const;
