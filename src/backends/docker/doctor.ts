import type { Check } from '../../contract/api/backend-reports.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { DockerClient, DockerVersion } from './daemon/docker-client.ts';
import { isGvisor } from './daemon/gvisor.ts';
import { removeOrphans } from './daemon/orphans.ts';
import { checkImages } from './images/images.ts';

/** Checks a Docker engine that answers, and removes containers that dead engines left on it. Never rejects. */
export async function checkEngine(
  client: DockerClient,
  version: DockerVersion,
  runtime: string | undefined,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  return [
    {
      name: 'docker engine',
      verdict: 'ok',
      detail: `${version.engine}, API ${version.api}, kernel ${version.kernel}, at ${client.address}`,
    },
    checkCgroups(version),
    checkSeccomp(version),
    checkRuntimes(version, runtime),
    checkGvisor(version, runtime),
    ...(await checkImages(client, signal)),
    await checkLeftovers(client, signal),
  ];
}

function checkCgroups(version: DockerVersion): Check {
  const name = 'cgroups';
  const detail = `version ${version.cgroupVersion}, driver ${version.cgroupDriver}`;
  const isRootless = version.securityOptions.some((option) => option.includes('name=rootless'));
  const isEnforced = version.cgroupDriver !== 'none' && !(isRootless && version.cgroupVersion === '1');
  if (isEnforced) return { name, verdict: 'ok', detail };
  return {
    name,
    verdict: 'fail',
    detail: `${detail}: this engine cannot enforce limits on memory, processors and processes`,
    remedy:
      'Boot the host with cgroup version 2 and delegate it to the user, or use a Docker engine that runs as root.',
  };
}

function checkSeccomp({ securityOptions, isPodman }: DockerVersion): Check {
  const name = 'seccomp';
  if (!securityOptions.some((text) => text.includes('name=seccomp'))) {
    const remedy = 'Use a kernel and a Docker engine with seccomp.';
    return { name, verdict: 'fail', detail: 'this engine cannot filter system calls', remedy };
  }
  if (!isPodman) return { name, verdict: 'ok', detail: "hotcell's own profile for every container" };
  const remedy =
    "Write the profile to a file on the engine's host and set docker.seccompProfile to its path; see sandbox-images/README.md.";
  return { name, verdict: 'warn', detail: "Podman's own profile: Podman reads profiles only from files", remedy };
}

function checkRuntimes(version: DockerVersion, runtime: string | undefined): Check {
  const name = 'container runtimes';
  // The long names of shims are other names for runc.
  const names = version.runtimes.filter((known) => !known.startsWith('io.containerd.'));
  const detail = `${names.join(', ')}; default ${version.defaultRuntime}; runc ${version.runc ?? 'of unknown version'}`;
  if (runtime === undefined || version.runtimes.includes(runtime)) return { name, verdict: 'ok', detail };
  const remedy = `Install ${runtime} and name it in the engine's daemon.json, or change the docker.runtime option.`;
  return {
    name,
    verdict: 'fail',
    detail: `${detail}; the runtime "${runtime}" is requested but not installed`,
    remedy,
  };
}

/** Checks for gVisor, which gives guests their own kernel. It is optional, so its absence is not a fault. */
function checkGvisor({ runtimes, defaultRuntime }: DockerVersion, runtime: string | undefined): Check {
  const name = 'gVisor';
  const found = runtimes.find(isGvisor);
  if (found === undefined) {
    const remedy =
      'To install it on Debian or Ubuntu, run "npm run setup -- --gvisor" as root; on other systems see gvisor.dev.';
    return { name, verdict: 'ok', detail: 'not installed; guests share the kernel of the host', remedy };
  }
  const isUsed = isGvisor(runtime ?? defaultRuntime);
  return { name, verdict: 'ok', detail: isUsed ? 'in use' : `installed; set docker.runtime to "${found}" to use it` };
}

/**
 * Whether jobs of one tenant can share a container. Never rejects.
 * @param probe starts a container to find out: `undefined`, or the reason why not.
 */
export async function checkTenantTier(hasImage: boolean, probe: () => Promise<string | undefined>): Promise<Check> {
  const name = 'tenant tier';
  const verdict = 'warn';
  if (!hasImage) {
    return {
      name,
      verdict,
      detail: 'not checked, because its image does not exist yet',
      remedy: 'Run "hotcell setup" first.',
    };
  }
  try {
    const refusal = await probe();
    if (refusal === undefined) return { name, verdict: 'ok', detail: 'jobs of one tenant can share a container' };
    const detail = `${refusal} Jobs that ask for isolation "tenant" get fresh containers: more isolated, slower.`;
    const remedy =
      'To enable it, allow containers to create user namespaces: user.max_user_namespaces above 0, no AppArmor rule against them ' +
      "or against mounts, hotcell's own seccomp profile, and runc or crun as runtime.";
    return { name, verdict, detail, remedy };
  } catch (error) {
    const detail = textOfThrown(error);
    return { name, verdict, detail, remedy: 'Try again; fresh containers do not depend on it.' };
  }
}

async function checkLeftovers(client: DockerClient, signal: AbortSignal): Promise<Check> {
  const name = 'leftover containers';
  try {
    const count = await removeOrphans(client, signal);
    return { name, verdict: 'ok', detail: count === 0 ? 'none' : `removed ${count} that dead engines left` };
  } catch (error) {
    const detail = textOfThrown(error);
    return { name, verdict: 'warn', detail, remedy: 'Try again; the next call also tries.' };
  }
}
