import type { Writable } from 'node:stream';

/** What is known of an artifact before its content comes. */
export interface ArtifactPreview {
  /** Relative to /workspace; checked and redacted. */
  readonly path: string;
  /** By its name and its begin; what the whole turned out to be is in the result. */
  readonly mediaType: string;
  /** Its size in the cell. What is redacted in it changes that a little. */
  readonly bytes: number;
}

/** Where the content of an artifact goes: the engine writes it, waits where that is slow, and ends or destroys it. */
export type ArtifactTarget = Writable | WritableStream<Uint8Array>;

/**
 * Says where the content of an artifact is to go; `undefined` keeps it in the result. Artifacts come one after the other.
 * Opening, each write and the end may take `limits.timeoutMs` each.
 */
export type ArtifactSink = (
  artifact: ArtifactPreview,
) => ArtifactTarget | undefined | Promise<ArtifactTarget | undefined>;
