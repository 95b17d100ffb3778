import type { ArtifactSink } from '../api/artifact-sink.ts';
import type { HostFunction } from '../api/host-function.ts';
import type { Limits } from '../api/limits.ts';
import type { HeaderInjection } from '../api/network.ts';
import type { NetworkLimits } from '../api/network-limits.ts';
import type { BackendName, ImageChoice, Language } from '../api/request.ts';
import type { ToolReference } from '../api/result.ts';
import type { JobSession } from '../api/session-info.ts';

/** One file for a cell. */
export interface JobFile {
  readonly path: string;
  /** A stream is the caller's own, and is read while the cell waits. */
  readonly content: Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** The addresses that a job may reach. A job without any has no network. */
export interface JobNetwork {
  readonly allow: readonly string[];
  readonly inject: readonly HeaderInjection[];
  readonly limits: NetworkLimits;
}

/** A request after admission: validated, limits clamped to the ceilings, with an id. Immutable. */
export interface Job {
  readonly id: string;
  readonly tenant: string;
  readonly language: Language;
  readonly mode: 'script' | 'handler';
  readonly code: string;
  /** The inputs as JSON text: serialised once, here, and parsed once, by the guest. */
  readonly inputsJson: string;
  readonly stdin: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined;
  readonly files: readonly JobFile[];
  readonly collect: readonly string[];
  readonly artifactSink?: ArtifactSink | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** The functions that the guest may call, by name. */
  readonly tools: ReadonlyMap<string, HostFunction>;
  readonly limits: Limits;
  readonly network: JobNetwork | undefined;
  readonly isolation: 'fresh' | 'tenant';
  readonly backend: BackendName | undefined;
  /** The image of its container, if not its language's default. */
  readonly image: ImageChoice | undefined;
  readonly signal: AbortSignal | undefined;
  readonly tool: ToolReference | undefined;
  /** Set if the job is a call of a session: its cell stays after the verdict. */
  readonly session: JobSession | undefined;
}
