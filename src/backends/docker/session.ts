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
}

/** Removing what is left when the engine closes may take so long, in milliseconds. */
const closeTimeoutMs = 10_000;

/**
 * Finds the engine (unless the address is given) and begins to use it.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` where none answers; `signal.reason` once `signal` is aborted.
 */
export async function openSession(address: string | undefined, signal: AbortSignal): Promise<DockerSession> {
  // Loaded here: the Docker API's library takes longer to load than all the rest, and many callers never need it.
  const { connectDocker } = await import('./client.ts');
  const { findEngine } = await import('./engine-address.ts');
  const client = connectDocker({ address: address ?? (await findEngine({ signal })).address });
  try {
    const version = await client.version(signal);
    const owner = createOwner();
    const reaper = new Reaper(client, owner);
    reaper.start();
    return { client, version, owner, reaper, images: new ImageStore(client) };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Removes all containers of the session, as far as the daemon answers, and closes its connections. */
export async function closeSession(session: DockerSession): Promise<void> {
  session.images.close();
  await session.reaper.close(closeTimeoutMs);
  session.client.close();
}
