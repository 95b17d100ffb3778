import { HotcellError } from '../../contract/api/errors.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { DaemonHealth } from './daemon/daemon-health.ts';
import type { DockerClient, DockerVersion } from './daemon/docker-client.ts';
import { createOwner, type Owner } from './daemon/owner.ts';
import { Reaper } from './daemon/reaper.ts';
import { ImageStore } from './images/image-store.ts';

/** One Docker engine in use: found, asked once what it is, and watched for leftovers. */
export interface DockerConnection {
  readonly client: DockerClient;
  readonly version: DockerVersion;
  readonly owner: Owner;
  readonly reaper: Reaper;
  readonly images: ImageStore;
  readonly health: DaemonHealth;
  /** Hears of an image that was built, and how long that took. */
  readonly onBuilt: (image: string, ms: number) => void;
}

/** Removing what is left when the engine closes may take so long, in milliseconds. */
const closeTimeoutMs = 10_000;

/**
 * Finds the engine (unless the address is given) and begins to use it.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` where none answers; `signal.reason` once `signal` is aborted.
 */
async function openConnection(
  address: string | undefined,
  events: EventHub | undefined,
  signal: AbortSignal,
): Promise<DockerConnection> {
  // Loaded here: the Docker API's library takes longer to load than all the rest, and many callers never need it.
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

/** Says that an image was built. */
function imageBuilt(events: EventHub | undefined): (image: string, ms: number) => void {
  return (image, ms) => events?.emit?.({ type: 'image.built', image, ms: Math.round(ms) });
}

/** One user's hold on a {@link SharedDockerConnection}. */
export interface DockerConnectionUse {
  /** The session; a failure to open it is not remembered. See {@link openConnection}. */
  open(): Promise<DockerConnection>;
  /** Lets go; the last one to do so ends the session. Idempotent. */
  close(): Promise<void>;
}

/** One session for all that use the same engine, opened by whoever needs it first. */
export class SharedDockerConnection {
  readonly #address: string | undefined;
  /** Hears of what happens to the Docker engine. */
  readonly events: EventHub | undefined;
  readonly #closing = new AbortController();
  readonly #uses = new Set<object>();
  #connection: Promise<DockerConnection> | undefined;

  constructor(address: string | undefined, events?: EventHub) {
    this.#address = address;
    this.events = events;
  }

  /** To be called once by each user, before it opens anything. */
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
      // The next one looks again.
      this.#connection = undefined;
      throw error;
    });
    return await this.#connection;
  }

  /** Removes all containers of the session, as far as the daemon answers, and closes its connections. */
  async #close(): Promise<void> {
    this.#closing.abort(new HotcellError('ENGINE_CLOSED', 'The call was refused because the engine is closed.'));
    const connection = await this.#connection?.catch(() => undefined);
    if (!connection) return;
    connection.images.close();
    await connection.reaper.close(closeTimeoutMs);
    connection.client.close();
  }
}
