import { randomInt } from 'node:crypto';
import type { Limits } from '../../../contract/api/limits.ts';
import { type CellMaker, guestIds } from '../cells/open-cell.ts';
import { startContainer } from '../daemon/start-container.ts';
import { harnessFolder, type ImageName } from '../images/image-recipe.ts';
import { TenantContainer } from './tenant-container.ts';
import type { TenantSettings } from './tenant-options.ts';
import { buildTenantSpec, tenantUsers } from './tenant-spec.ts';

/** Settings of a tenant's container. */
export interface TenantContainerMaker {
  readonly maker: CellMaker;
  readonly settings: TenantSettings;
  readonly ceilings: Limits;
  readonly name: ImageName;
  /** Digest of the image. */
  readonly image: string;
  /** Called when a container's last job ended, and when the container is over. */
  onChange(container: TenantContainer): void;
}

/**
 * Makes a container for jobs of one tenant and returns it when its supervisor is ready, or has reported that the host
 * does not allow it.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE`; `signal.reason` once `signal` is aborted.
 */
export function openTenantContainer(
  { maker, settings, ceilings, name, image, onChange }: TenantContainerMaker,
  signal: AbortSignal,
): Promise<TenantContainer> {
  const { profile, owner, runtime } = maker;
  const { slots, users } = tenantUsers(settings);
  return startContainer(
    maker,
    {
      specify: () => buildTenantSpec(image, harnessFolder(name), settings, ceilings, profile, owner.labels()),
      connect: (container) =>
        new TenantContainer({
          ...container,
          users: { firstId: randomInt(guestIds.from, guestIds.below - users), slots },
          sandbox: { backend: 'docker', isolation: 'tenant', runtime, image, warm: false },
          messageMaxBytes: maker.valueMaxKb * 1_024 + 1_048_576,
          onChange,
        }),
      ready: (container) => container.ready,
      diagnostics: (container) => container.diagnostics,
      abandon: (container) => container.kill('The container was abandoned before it was ready.'),
    },
    signal,
  );
}
