import type { Writable } from 'node:stream';

/** An artifact before its content arrives. */
export interface ArtifactPreview {
  /** Relative to /workspace; checked and redacted. */
  readonly path: string;
  /** From its name and its first bytes; the result has the type of the whole content. */
  readonly mediaType: string;
  /** Its size in the cell. Redaction may change it a little. */
  readonly bytes: number;
}

/** Receives the content of an artifact: the engine writes to it, waits if it is slow, and ends or destroys it. */
export type ArtifactTarget = Writable | WritableStream<Uint8Array>;

/**
 * Returns the target for the content of an artifact; `undefined` keeps the content in the result. Artifacts arrive one
 * after the other. Opening the target, each write and the end may each take `limits.timeoutMs`.
 */
export type ArtifactSink = (
  artifact: ArtifactPreview,
) => ArtifactTarget | undefined | Promise<ArtifactTarget | undefined>;
