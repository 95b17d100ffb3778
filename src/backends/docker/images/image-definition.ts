import type { BaseOptions } from './base-image.ts';

/** How images are built. */
export interface ImageOptions extends Omit<BaseOptions, 'packages' | 'leftOut' | 'revision'> {
  /**
   * `bootstrap`: make the base from Debian's packages, without a registry. Any other: the image to start from,
   * `debian@sha256:…`. Default: `HOTCELL_BASE`, else `debian:trixie-slim`, bootstrapped if it cannot be had. The
   * isolate-host image has a base of its own.
   */
  readonly base?: string | undefined;
  /** Whether a missing image is an error instead of a reason to build it. Default: no. */
  readonly mustBeThere?: boolean | undefined;
  /** Is called when an image was built, with the time that this took. */
  readonly onBuilt?: ((tag: string, ms: number) => void) | undefined;
}

/** An image that hotcell builds out of its own files. Its name holds their hash: other content makes another name. */
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

/** What the images of hotcell are labelled with; the value is the recipe's hash. */
export const imageLabels = { sandbox: 'hotcell.recipe', isolateHost: 'hotcell.runner' } as const;
