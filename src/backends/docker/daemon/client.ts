/** The only module that uses the Docker socket, because access to it is root access. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex, Readable } from 'node:stream';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import { whenAborted } from '../../../support/when-aborted.ts';
import { callDaemon, statusOf } from './docker-call.ts';
import type { DockerClient } from './docker-client.ts';
import { parseAddress } from './engine-address.ts';
import { followProgress, imageIdleTimeoutMs, importTimeoutMs } from './progress.ts';

export type { DockerClient } from './docker-client.ts';

/** How to connect to the Docker engine. */
export interface DockerConnectOptions {
  /** `unix:///…`, `npipe:////./pipe/…`, `tcp://host:port`, `http(s)://…`. Default: the socket of a system-wide engine. */
  readonly address?: string | undefined;
  /** Deadline of each call, except calls that move images, in milliseconds. Default: 15 000. */
  readonly callTimeoutMs?: number | undefined;
}

const defaultAddress = 'unix:///var/run/docker.sock';

/**
 * Makes a client, which connects at the first call. All its calls reject with `HotcellError` `BACKEND_UNAVAILABLE`, or
 * with the reason of the caller's signal.
 */
export function connectDocker(options: DockerConnectOptions = {}): DockerClient {
  const address = options.address ?? defaultAddress;
  const callTimeoutMs = options.callTimeoutMs ?? 15_000;
  const connection = parseAddress(address);
  const agent = new (connection.protocol === 'https' ? HttpsAgent : HttpAgent)({ keepAlive: true });
  // docker-modem always formats the options of each request for its debug output. With the agent's connections in them,
  // that took half of the engine's processor time while containers were started and removed.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' });
  const docker = createLibraryClient({ ...connection, agent });

  const call = <T>(
    what: string,
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
    more: { readonly timeoutMs?: number; readonly discard?: (late: T) => void } = {},
  ): Promise<T> => callDaemon({ address, what, timeoutMs: callTimeoutMs, signal, run, ...more });

  /** Starts an action on whose progress the daemon reports, and reads the whole report. */
  const follow = async (
    what: string,
    onProgress: (line: string) => void,
    signal: AbortSignal | undefined,
    begin: (signal: AbortSignal) => Promise<NodeJS.ReadableStream>,
    timeoutMs = imageIdleTimeoutMs,
  ): Promise<void> => {
    const discard = (late: NodeJS.ReadableStream): void => void (late as Readable).destroy();
    const report = (await call(what, signal, begin, { timeoutMs, discard })) as Readable;
    using _ = whenAborted(signal, () => void report.on('error', () => {}).destroy(signal?.reason));
    // The report has its own deadline, which each line renews.
    await callDaemon({
      address,
      what,
      timeoutMs: 2_147_483_647,
      signal,
      run: () => followProgress(report, onProgress),
    });
  };

  return {
    address,

    async ping(signal, timeoutMs = callTimeoutMs) {
      await call('ping it', signal, (abortSignal) => docker.ping({ abortSignal }), { timeoutMs });
    },

    version(signal) {
      return call('read its version', signal, async (abortSignal) => {
        const [version, info] = await Promise.all([docker.version({ abortSignal }), docker.info({ abortSignal })]);
        const parts = version.Components ?? [];
        const runc = parts.find((part) => part.Name === 'runc')?.Version;
        return {
          engine: version.Version,
          isPodman: parts.some((part) => part.Name.startsWith('Podman')),
          api: version.ApiVersion,
          cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
          cgroupDriver: info.CgroupDriver,
          runtimes: Object.keys(info.Runtimes ?? {}),
          defaultRuntime: info.DefaultRuntime,
          securityOptions: info.SecurityOptions ?? [],
          kernel: info.KernelVersion,
          runc,
        };
      });
    },

    createContainer(name, spec, signal) {
      return call(`create the container ${name}`, signal, async (abortSignal) => {
        // Without `_query` the library would also put the whole specification into the URL.
        const request = { _query: { name }, _body: spec, abortSignal } as unknown as Docker.ContainerCreateOptions;
        const container = await docker.createContainer(request);
        return container.id;
      });
    },

    attach(id, signal) {
      return call<Duplex>(
        `attach to the container ${id}`,
        signal,
        async (abortSignal) => {
          const _query = { stream: 1, stdin: 1, stdout: 1, stderr: 1 };
          // With `stdin: true` beside `_query`, the request would stay open and the upgrade would never come.
          const request = { _query, _body: {}, hijack: true, abortSignal } as Docker.ContainerAttachOptions;
          return (await docker.getContainer(id).attach(request)) as Duplex;
        },
        { discard: (late) => late.destroy() },
      );
    },

    async start(id, signal) {
      await call(`start the container ${id}`, signal, (abortSignal) => docker.getContainer(id).start({ abortSignal }));
    },

    async update(id, { memoryBytes, processes }, signal) {
      const limits = { Memory: memoryBytes, MemorySwap: memoryBytes, PidsLimit: processes };
      await call(`update the limits of the container ${id}`, signal, (abortSignal) =>
        docker.getContainer(id).update({ ...limits, abortSignal }),
      );
    },

    inspect(id, signal) {
      return call(`inspect the container ${id}`, signal, (abortSignal) =>
        orElse(404, undefined, async () => {
          const { State: state } = await docker.getContainer(id).inspect({ abortSignal });
          return {
            running: state.Running,
            status: state.Status,
            error: state.Error,
            exitCode: state.ExitCode,
            oomKilled: state.OOMKilled,
          };
        }),
      );
    },

    processorMs(id, signal) {
      return call(`read the processor time of the container ${id}`, signal, async (abortSignal) => {
        // Without `one-shot`, the daemon would measure twice, with a second between.
        const options = { stream: false, 'one-shot': true, abortSignal } as const;
        const stats = await docker.getContainer(id).stats(options);
        return stats.cpu_stats.cpu_usage.total_usage / 1e6;
      });
    },

    async remove(id, signal) {
      const options = { force: true, v: true };
      await call(`remove the container ${id}`, signal, (abortSignal) =>
        orElse(404, undefined, () => docker.getContainer(id).remove({ ...options, abortSignal })),
      );
    },

    list(labels, signal) {
      const label = labelFilter(labels);
      return call('list containers', signal, async (abortSignal) => {
        const found = await docker.listContainers({ all: true, filters: { label }, abortSignal });
        return found.map((container) => ({
          id: container.Id,
          name: container.Names[0]?.replace(/^\//, '') ?? '',
          state: container.State,
          labels: container.Labels,
        }));
      });
    },

    imageDigest(tag, signal) {
      return call(`inspect the image ${tag}`, signal, (abortSignal) =>
        orElse(404, undefined, () => inspectImage(docker, tag, abortSignal)),
      );
    },

    pullImage(tag, onProgress, signal) {
      return follow(`pull the image ${tag}`, onProgress, signal, (abortSignal) =>
        docker.createImage({ _query: { fromImage: tag }, _body: {}, abortSignal }),
      );
    },

    importImage(tag, rootFilesystem, signal) {
      const at = tag.lastIndexOf(':');
      const target = { repo: tag.slice(0, at), tag: tag.slice(at + 1) };
      return follow(
        `import the image ${tag}`,
        () => {},
        signal,
        (abortSignal) => docker.importImage(rootFilesystem, { ...target, abortSignal }),
        // The daemon answers only after the last byte. The sender of the bytes has its own deadline.
        importTimeoutMs,
      ).finally(() => (rootFilesystem as Readable).destroy());
    },

    buildImage(tag, context, { buildArguments, labels }, onProgress, signal) {
      return follow(`build the image ${tag}`, onProgress, signal, (abortSignal) => {
        const options = { t: tag, buildargs: { ...buildArguments }, labels: { ...labels }, rm: true, forcerm: true };
        return docker.buildImage(context, { ...options, abortSignal });
      }).finally(() => (context as Readable).destroy());
    },

    listImages(labels, signal) {
      return call('list images', signal, async (abortSignal) => {
        const found = await docker.listImages({ filters: { label: labelFilter(labels) }, abortSignal });
        return found.map((image) => ({ id: image.Id, tags: image.RepoTags ?? [] }));
      });
    },

    async removeImage(tag, signal) {
      await call(`remove the image ${tag}`, signal, (abortSignal) =>
        orElse(404, undefined, () => docker.getImage(tag).remove({ abortSignal })),
      );
    },

    close() {
      agent.destroy();
    },
  };
}

/** The library reads `DOCKER_CERT_PATH` and other variables from the environment, and throws plain errors. */
function createLibraryClient(connection: object): AbortableDocker {
  try {
    // The library's own timeout (`DOCKER_CLIENT_TIMEOUT`) would cut silent attached streams.
    return new Docker({ ...connection, timeout: undefined }) as AbortableDocker;
  } catch (error) {
    const reason = textOfThrown(error);
    const message = `Cannot use the Docker settings of the environment: ${reason}. Correct DOCKER_HOST and DOCKER_CERT_PATH.`;
    throw new HotcellError('BACKEND_UNAVAILABLE', message, { cause: error });
  }
}

/** `@types/dockerode` lacks the options of these calls. */
interface AbortableDocker extends Omit<Docker, 'ping' | 'info' | 'version'> {
  ping(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: the Engine API says what is in it, the types do not
  info(options: { readonly abortSignal: AbortSignal }): Promise<any>;
  version(options: { readonly abortSignal: AbortSignal }): Promise<Docker.DockerVersion>;
}

function labelFilter(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
}

/** Returns `other` if the daemon refuses with `status`. */
async function orElse<T, U>(status: number, other: U, run: () => Promise<T>): Promise<T | U> {
  try {
    return await run();
  } catch (error) {
    if (statusOf(error) === status) return other;
    throw error;
  }
}

/** The library's own `Image.inspect` takes no abort signal. */
function inspectImage(docker: Pick<Docker, 'modem'>, tag: string, abortSignal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const statusCodes = { 200: true, 404: 'no such image', 500: 'server error' };
  const request = { path: `/images/${tag}/json`, method: 'GET', abortSignal, statusCodes };
  docker.modem.dial(request, (error: unknown, image) => {
    if (error) reject(error);
    else resolve((image as { readonly Id: string }).Id);
  });
  return promise;
}
