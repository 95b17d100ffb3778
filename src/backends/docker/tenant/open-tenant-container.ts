import { randomBytes, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Limits } from '../../../contract/api/limits.ts';
import type { CellEnd } from '../../../contract/spi/backend.ts';
import { abortable } from '../../../support/abortable.ts';
import { bringUp, type CellMaker, guestIds, neverReady } from '../cells/open-cell.ts';
import { explainExit } from '../daemon/explain-exit.ts';
import { harnessFolder, type ImageName } from '../images/image-recipe.ts';
import { TenantContainer } from './tenant-container.ts';
import type { TenantSettings } from './tenant-options.ts';
import { buildTenantSpec, tenantUsers } from './tenant-spec.ts';

/** What a tenant's container is made with, beside what every container is. */
export interface TenantContainerMaker {
  readonly maker: CellMaker;
  readonly settings: TenantSettings;
  readonly ceilings: Limits;
  readonly name: ImageName;
  /** Digest of the image. */
  readonly image: string;
  /** Hears when a container's last job ended, and when it is over. */
  onChange(container: TenantContainer): void;
}

/**
 * Makes a container for jobs of one tenant and returns it when its supervisor is ready, or has said that it cannot be.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE`; `signal.reason` once `signal` is aborted.
 */
export async function openTenantContainer(
  { maker, settings, ceilings, name: imageName, image, onChange }: TenantContainerMaker,
  signal: AbortSignal,
): Promise<TenantContainer> {
  const { client, reaper, profile, owner, runtime } = maker;
  using turn = await maker.semaphore.acquire(signal);
  const name = `hotcell-${randomBytes(8).toString('hex')}`;
  const { slots, users } = tenantUsers(settings);
  const spec = buildTenantSpec(image, harnessFolder(imageName), settings, ceilings, profile, owner.labels());
  reaper.register(name);
  // Not ended by the signal, as for any cell (open-cell.ts).
  const created = client.createContainer(name, spec);
  let container: TenantContainer | undefined;
  let end: CellEnd | undefined;
  try {
    await abortable(created, signal);
    container = new TenantContainer({
      name,
      stream: (await client.attach(name, signal)) as Socket,
      users: { firstId: randomInt(guestIds.from, guestIds.below - users), slots },
      sandbox: { backend: 'docker', isolation: 'tenant', runtime, image, warm: false },
      messageMaxBytes: maker.valueMaxKb * 1_024 + 1_048_576,
      explainExit: (message, diagnostics) => explainExit(client, name, message, diagnostics, maker.health),
      remove: () => reaper.release(name),
      onChange,
    });
    end = await bringUp(client, name, container, turn, signal);
  } catch (error) {
    container?.kill('The container was abandoned before it was ready.');
    reaper.release(name, created);
    throw error;
  }
  if (end) {
    container.kill(end.message);
    throw neverReady(end);
  }
  return container;
}
