import type { Duplex } from 'node:stream';

/** Settings of one container, in the format of the Engine API's `POST /containers/create`. */
export type ContainerSpec = Readonly<Record<string, unknown>>;

/** The versions and settings that a Docker engine reports. */
export interface DockerVersion {
  readonly engine: string;
  /** Whether Podman answers through Docker's API. */
  readonly isPodman: boolean;
  readonly api: string;
  readonly cgroupVersion: '1' | '2';
  readonly cgroupDriver: string;
  readonly runtimes: readonly string[];
  readonly defaultRuntime: string;
  readonly securityOptions: readonly string[];
  readonly kernel: string;
  /** Version of runc, if the engine reports it. */
  readonly runc: string | undefined;
}

/** State of a container that was started. */
export interface ContainerState {
  readonly running: boolean;
  /** In the daemon's word: `created`, `running`, `exited`, … */
  readonly status: string;
  /** Why the daemon could not start it; usually empty. */
  readonly error: string;
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/**
 * The calls that hotcell makes to a Docker engine. Each has its own deadline and ends early when `signal` is aborted.
 */
export interface DockerClient {
  readonly address: string;
  /** Settles when the daemon answers; `timeoutMs` replaces the usual deadline. */
  ping(signal?: AbortSignal, timeoutMs?: number): Promise<void>;
  version(signal?: AbortSignal): Promise<DockerVersion>;
  createContainer(name: string, spec: ContainerSpec, signal?: AbortSignal): Promise<string>;
  /** Both directions of the container's stdio. The output is still multiplexed by Docker (8-byte headers). */
  attach(id: string, signal?: AbortSignal): Promise<Duplex>;
  start(id: string, signal?: AbortSignal): Promise<void>;
  /** Changes limits of a running container, in bytes and processes. The new limits apply when it settles. */
  update(
    id: string,
    limits: { readonly memoryBytes: number; readonly processes: number },
    signal?: AbortSignal,
  ): Promise<void>;
  inspect(id: string, signal?: AbortSignal): Promise<ContainerState | undefined>;
  /** Processor time that a container has used since its start, in milliseconds, by the host's count. */
  processorMs(id: string, signal?: AbortSignal): Promise<number>;
  /** Kills and removes a container; one that does not exist counts as removed. */
  remove(id: string, signal?: AbortSignal): Promise<void>;
  /** Containers in any state that have all the labels; a label with value `''` matches any value. */
  list(
    labels: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<
    readonly {
      readonly id: string;
      readonly name: string;
      readonly state: string;
      readonly labels: Readonly<Record<string, string>>;
    }[]
  >;
  /** Digest (`sha256:…`) of a local image; `undefined` if it does not exist. */
  imageDigest(tag: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Pulls an image from a registry; rejects if that is not possible. */
  pullImage(tag: string, onProgress: (line: string) => void, signal?: AbortSignal): Promise<void>;
  /** Imports a root file system (an uncompressed tar) as an image. */
  importImage(tag: string, rootFilesystem: NodeJS.ReadableStream, signal?: AbortSignal): Promise<void>;
  /** Builds an image from a tar of the build context, which includes the Dockerfile. */
  buildImage(
    tag: string,
    context: NodeJS.ReadableStream,
    options: {
      readonly buildArguments: Readonly<Record<string, string>>;
      readonly labels: Readonly<Record<string, string>>;
    },
    onProgress: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Images that have the labels; an empty value matches any. An image without a tag has the tag `<none>:<none>`. */
  listImages(
    labels: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<readonly { readonly id: string; readonly tags: readonly string[] }[]>;
  removeImage(tag: string, signal?: AbortSignal): Promise<void>;
  /** Closes the connections that are kept for reuse; attached streams belong to their holders. */
  close(): void;
}
