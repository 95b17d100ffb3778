import { HotcellError } from '../../contract/api/errors.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { DaemonHealth } from './daemon/daemon-health.ts';
import type { DockerClient, DockerVersion } from './daemon/docker-client.ts';
import { createOwner, type Owner } from './daemon/owner.ts';
import { Reaper } from './daemon/reaper.ts';
import { ImageStore } from './images/image-store.ts';

/** One Docker engine in use, with everything that is opened once for it. */
export interface DockerConnection {
  readonly client: DockerClient;
  readonly version: DockerVersion;
  readonly owner: Owner;
  readonly reaper: Reaper;
  readonly images: ImageStore;
  readonly health: DaemonHealth;
  /** Called when an image was built, with the time that this took. */
  readonly onBuilt: (image: string, ms: number) => void;
}

/** Most time, in milliseconds, to remove leftover containers when the engine closes. */
const closeTimeoutMs = 10_000;

/**
 * Finds the engine (unless the address is given) and connects to it.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if no engine answers; `signal.reason` once `signal` is aborted.
 */
async function openConnection(
  address: string | undefined,
  events: EventHub | undefined,
  signal: AbortSignal,
): Promise<DockerConnection> {
  // Loaded here because the Docker API's library takes longer to load than everything else, and many callers never need
  // it.
  const { connectDocker } = await import('./daemon/client.ts');
  const { findEngine } = await import('./daemon/find-engine.ts');
  const client = connectDocker({ address: address ?? (await findEngine({ signal })).address });
  try {
    const version = await client.version(signal);
    const owner = createOwner();
    const health = new DaemonHealth(client.address, events);
    const reaper = new Reaper(client, owner, { events, health });
    reaper.start();
    const onBuilt = imageBuilt(events);
    return { client, version, owner, reaper, images: new ImageStore(client, { onBuilt }), health, onBuilt };
  } catch (error) {
    client.close();
    throw error;
  }
}

function imageBuilt(events: EventHub | undefined): (image: string, ms: number) => void {
  return (image, ms) => events?.emit?.({ type: 'image.built', image, ms: Math.round(ms) });
}

/** One user's hold on a {@link SharedDockerConnection}. */
export interface DockerConnectionUse {
  /** Returns the connection. A failure to open it is not remembered. See {@link openConnection}. */
  open(): Promise<DockerConnection>;
  /** Releases the connection; the last user to do so closes it. Idempotent. */
  close(): Promise<void>;
}

/** One connection for all users of the same engine. The first user that needs it opens it. */
export class SharedDockerConnection {
  readonly #address: string | undefined;
  /** Receives events about the Docker engine. */
  readonly events: EventHub | undefined;
  readonly #closing = new AbortController();
  readonly #uses = new Set<object>();
  #connection: Promise<DockerConnection> | undefined;

  constructor(address: string | undefined, events?: EventHub) {
    this.#address = address;
    this.events = events;
  }

  /** Each user calls this once, before it opens anything. */
  join(): DockerConnectionUse {
    const use: DockerConnectionUse = {
      open: () => this.#open(),
      close: async () => {
        if (this.#uses.delete(use) && this.#uses.size === 0) await this.#close();
      },
    };
    this.#uses.add(use);
    return use;
  }

  async #open(): Promise<DockerConnection> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    this.#connection ??= openConnection(this.#address, this.events, signal).catch((error: unknown) => {
      // The next call tries again.
      this.#connection = undefined;
      throw error;
    });
    return await this.#connection;
  }

  /** Removes all containers of the connection, as far as the daemon answers, and closes the connection. */
  async #close(): Promise<void> {
    this.#closing.abort(new HotcellError('ENGINE_CLOSED', 'The call was refused because the engine is closed.'));
    const connection = await this.#connection?.catch(() => undefined);
    if (!connection) return;
    connection.images.close();
    await connection.reaper.close(closeTimeoutMs);
    connection.client.close();
  }
}
