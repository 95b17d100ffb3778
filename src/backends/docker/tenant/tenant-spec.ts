import type { Limits } from '../../../contract/api/limits.ts';
import type { ContainerProfile } from '../cells/container-spec.ts';
import { processLimits, runnerContainer, runnerRights, sealedHostConfig } from '../cells/sealed-container.ts';
import { tenantSeccompProfile } from '../cells/seccomp-profile.ts';
import type { ContainerSpec } from '../daemon/docker-client.ts';
import type { TenantSettings } from './tenant-options.ts';

/** Memory of one runner in addition to its job's limits, in MiB: 9 were measured, plus a guest's first pages. */
const runnerMb = 16;
/** Memory of the zygote and PID 1, in MiB. */
const zygoteMb = 64;
/** Cells that wait, or whose processes are still being removed. */
const spareSlots = 24;

/** Users of a container for `jobs` jobs at one time: the zygote, two for each slot, and nobody. */
export function tenantUsers({ jobs }: Pick<TenantSettings, 'jobs'>): {
  readonly slots: number;
  readonly users: number;
} {
  const slots = jobs + spareSlots;
  return { slots, users: 2 * slots + 2 };
}

/**
 * The template of a container that the jobs of one tenant share. Its memory is enough for all jobs together and their
 * runners; each runner enforces its own job's limits. The container gets its users in its first message.
 */
export function buildTenantSpec(
  image: string,
  folder: string,
  settings: TenantSettings,
  ceilings: Limits,
  profile: ContainerProfile,
  labels: Readonly<Record<string, string>>,
): ContainerSpec {
  const { slots } = tenantUsers(settings);
  const memory = (settings.memoryMb + zygoteMb + (profile.preloadedMb ?? 0) + slots * runnerMb) * 1_048_576;
  const fileBytes = ceilings.diskMb * 1_048_576;
  const openFiles = Math.max(ceilings.openFiles, 1_024);
  return {
    ...runnerContainer,
    Image: image,
    Labels: { ...labels },
    Entrypoint: ['/usr/bin/python3', '-I', '-S', '-B', '-X', 'utf8', '/opt/hotcell/tenant/main.py'],
    Cmd: [folder],
    HostConfig: {
      ...sealedHostConfig(memory, profile),
      CapAdd: [...runnerRights],
      SecurityOpt: ['no-new-privileges:true', `seccomp=${profile.seccompProfile ?? tenantSeccompProfile}`],
      // The kernel lets a job mount its own /proc only if the container's /proc has no masks. The masks would hide only
      // files of the host's root, and once PID 1 has given up that user, no process in the container is root.
      MaskedPaths: [],
      ReadonlyPaths: [],
      NanoCpus: Math.round(settings.cpus * 1e9),
      PidsLimit: 64 + slots * 2 + settings.jobs * ceilings.processes,
      Ulimits: processLimits(openFiles, fileBytes),
    },
  };
}
