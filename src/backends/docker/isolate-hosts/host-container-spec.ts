import type { HostProgram } from '../../../contract/spi/host-launcher.ts';
import { type ContainerProfile, seccompOptions } from '../cells/container-spec.ts';
import { processLimits, sealedContainer, sealedHostConfig, ulimit } from '../cells/sealed-container.ts';
import type { ContainerSpec } from '../daemon/docker-client.ts';
import { isolateHostPaths } from '../images/isolate-host-recipe.ts';

/** Settings of the engine and its Docker daemon for every container of a host process. */
export type HostProfile = Omit<ContainerProfile, 'cpus'>;

const mebibyte = 1_048_576;
/** The user of Dockerfile.runner. */
const user = '10000:10000';
/** Many times the use of a host with ten busy jobs: 24 descriptors and 16 threads were measured. */
const openFiles = 256;
const threads = 128;
/** gVisor's own threads count too: several for each thread of the host. */
const gvisorThreads = 512;

/**
 * The one template of every host process's container. A guest that breaks out of V8 finds it empty: it has no writable
 * file system and no capability. The cell protocol runs over stdin and stdout. Nothing in the template comes from a
 * caller.
 */
export function buildHostContainerSpec(
  image: string,
  nodeArguments: readonly string[],
  { memoryMb, stackMb }: Pick<HostProgram, 'memoryMb' | 'stackMb'>,
  profile: HostProfile,
  labels: Readonly<Record<string, string>>,
): ContainerSpec {
  const stackBytes = (stackMb ?? 0) * mebibyte;
  return {
    ...sealedContainer,
    Image: image,
    Hostname: 'host',
    User: user,
    WorkingDir: '/',
    Env: [],
    Entrypoint: [isolateHostPaths.node],
    Cmd: [...nodeArguments],
    Labels: { ...labels },
    HostConfig: {
      ...sealedHostConfig(memoryMb * mebibyte, profile),
      SecurityOpt: ['no-new-privileges:true', ...seccompOptions(profile)],
      PidsLimit: profile.isGvisor ? gvisorThreads : threads,
      Ulimits: [...processLimits(openFiles, 0), ...(stackBytes > 0 ? [ulimit('stack', stackBytes)] : [])],
    },
  };
}
