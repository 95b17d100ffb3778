import type { Duplex } from 'node:stream';

/** Settings of one container, in the words of the Engine API's `POST /containers/create`. */
export type ContainerSpec = Readonly<Record<string, unknown>>;

/** Where Docker answers and what it is. */
export interface DockerVersion {
  readonly engine: string;
  /** Whether it is Podman that answers, in Docker's words. */
  readonly isPodman: boolean;
  readonly api: string;
  readonly cgroupVersion: '1' | '2';
  readonly cgroupDriver: string;
  readonly runtimes: readonly string[];
  readonly defaultRuntime: string;
  readonly securityOptions: readonly string[];
  readonly kernel: string;
  /** Version of runc, where the engine tells. */
  readonly runc: string | undefined;
}

/** What is known of a container after it started. */
export interface ContainerState {
  readonly running: boolean;
  /** In the daemon's word: `created`, `running`, `exited`, … */
  readonly status: string;
  /** Why the daemon could not start it; usually empty. */
  readonly error: string;
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/** The calls that hotcell makes to a Docker engine. Each has a deadline of its own and ends early when `signal` is aborted. */
export interface DockerClient {
  /** For messages: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Settles when the daemon answers at all; `timeoutMs` in place of the usual deadline. */
  ping(signal?: AbortSignal, timeoutMs?: number): Promise<void>;
  version(signal?: AbortSignal): Promise<DockerVersion>;
  createContainer(name: string, spec: ContainerSpec, signal?: AbortSignal): Promise<string>;
  /** Both directions of the container's stdio, still multiplexed by Docker (8-byte headers) on the way out. */
  attach(id: string, signal?: AbortSignal): Promise<Duplex>;
  start(id: string, signal?: AbortSignal): Promise<void>;
  /** Changes limits of a container that runs, in bytes and processes; what is done is done when it settles. */
  update(
    id: string,
    limits: { readonly memoryBytes: number; readonly processes: number },
    signal?: AbortSignal,
  ): Promise<void>;
  inspect(id: string, signal?: AbortSignal): Promise<ContainerState | undefined>;
  /** Processor time that a container has used since its start, in milliseconds, by the host's count. */
  processorMs(id: string, signal?: AbortSignal): Promise<number>;
  /** Kills and removes; a container that is not there counts as removed. */
  remove(id: string, signal?: AbortSignal): Promise<void>;
  /** Containers in any state that carry all the labels; a label of value `''` matches any value. */
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
  /** Digest (`sha256:…`) of a local image, `undefined` where there is none. */
  imageDigest(tag: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Pulls from a registry; rejects where that is not possible. */
  pullImage(tag: string, onProgress: (line: string) => void, signal?: AbortSignal): Promise<void>;
  /** Imports a root file system (an uncompressed tar) as an image. */
  importImage(tag: string, rootFilesystem: NodeJS.ReadableStream, signal?: AbortSignal): Promise<void>;
  /** Builds from a tar of the context with its Dockerfile inside. */
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
  /** Images that carry the labels; an empty value stands for any, the tag `<none>:<none>` for none. */
  listImages(
    labels: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<readonly { readonly id: string; readonly tags: readonly string[] }[]>;
  removeImage(tag: string, signal?: AbortSignal): Promise<void>;
  /** Closes the connections that are kept for reuse; attached streams are their holder's. */
  close(): void;
}
