import { HotcellError } from '../../contract/errors.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { DaemonHealth } from './daemon-health.ts';
import type { DockerClient, DockerVersion } from './docker-client.ts';
import { ImageStore } from './image-store.ts';
import { createOwner, type Owner } from './owner.ts';
import { Reaper } from './reaper.ts';

/** One Docker engine in use: found, asked once what it is, and watched for leftovers. */
export interface DockerSession {
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
async function openSession(
  address: string | undefined,
  events: EventHub | undefined,
  signal: AbortSignal,
): Promise<DockerSession> {
  // Loaded here: the Docker API's library takes longer to load than all the rest, and many callers never need it.
  const { connectDocker } = await import('./client.ts');
  const { findEngine } = await import('./engine-address.ts');
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
export function imageBuilt(events: EventHub | undefined): (image: string, ms: number) => void {
  return (image, ms) => events?.emit?.({ type: 'image.built', image, ms: Math.round(ms) });
}

/** One user's hold on a {@link SharedSession}. */
export interface SessionUse {
  /** The session; a failure to open it is not remembered. See {@link openSession}. */
  open(): Promise<DockerSession>;
  /** Lets go; the last one to do so ends the session. Idempotent. */
  close(): Promise<void>;
}

/** One session for all that use the same engine, opened by whoever needs it first. */
export class SharedSession {
  readonly #address: string | undefined;
  /** Hears of what happens to the Docker engine. */
  readonly events: EventHub | undefined;
  readonly #closing = new AbortController();
  readonly #uses = new Set<object>();
  #session: Promise<DockerSession> | undefined;

  constructor(address: string | undefined, events?: EventHub) {
    this.#address = address;
    this.events = events;
  }

  /** To be called once by each user, before it opens anything. */
  join(): SessionUse {
    const use: SessionUse = {
      open: () => this.#open(),
      close: async () => {
        if (this.#uses.delete(use) && this.#uses.size === 0) await this.#close();
      },
    };
    this.#uses.add(use);
    return use;
  }

  async #open(): Promise<DockerSession> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    this.#session ??= openSession(this.#address, this.events, signal).catch((error: unknown) => {
      // The next one looks again.
      this.#session = undefined;
      throw error;
    });
    return await this.#session;
  }

  /** Removes all containers of the session, as far as the daemon answers, and closes its connections. */
  async #close(): Promise<void> {
    this.#closing.abort(new HotcellError('ENGINE_CLOSED', 'The call was refused because the engine is closed.'));
    const session = await this.#session?.catch(() => undefined);
    if (!session) return;
    session.images.close();
    await session.reaper.close(closeTimeoutMs);
    session.client.close();
  }
}
