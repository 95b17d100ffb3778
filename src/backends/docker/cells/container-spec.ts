import type { Limits } from '../../../contract/api/limits.ts';
import type { ContainerSpec } from '../daemon/docker-client.ts';
import { processLimits, runnerContainer, runnerRights, sealedHostConfig, ulimit } from './sealed-container.ts';
import { guestSeccompProfile, gvisorSeccompProfile } from './seccomp-profile.ts';

/** What the runner itself needs (`sandbox-images/runner/README.md`), so that the job gets its full limits. */
const runnerNeeds = {
  /** Added to `memoryMb`. */
  memoryMb: 16,
  /** Added to `processes`. */
  processes: 1,
  /** Minimum for both together, because runc itself runs a few threads under the limit when it starts a container. */
  processesMin: 16,
  /** Minimum; the runner lowers it to `openFiles` for the guest. */
  openFilesMin: 256,
} as const;

/**
 * What gVisor's own kernel needs in addition, because the container's limits also apply to it. Measured with the ptrace
 * platform: 20 MiB and 45 threads, plus 6 threads for each process of the guest, 36 while all of them fork in a loop.
 * gVisor would crash at the limit of threads, so the guest must not reach it. The rest of the memory gives the runner
 * room to end a guest that uses too much, up to 26 MiB between two checks, before the host's kernel kills the container
 * without a verdict.
 */
const gvisorNeeds = { memoryMb: 64, threads: 128, threadsPerProcess: 48 } as const;

/** Settings of the engine and its Docker daemon for every container. */
export interface ContainerProfile {
  readonly cgroupVersion: '1' | '2';
  /** OCI runtime. Default: the daemon's own. */
  readonly runtime?: string | undefined;
  /** Processors that one container may use. */
  readonly cpus: number;
  /** Replaces hotcell's own seccomp profile, in the form that the Docker engine takes. */
  readonly seccompProfile?: string | undefined;
  readonly isPodman: boolean;
  /** Memory of libraries that the image loads in advance, in MiB, in addition to the warm interpreter. Default: 0. */
  readonly preloadedMb?: number | undefined;
  /** Whether the runtime is gVisor, named or by the engine's default. */
  readonly isGvisor: boolean;
}

const mebibyte = 1_048_576;

/**
 * The one template of every cell's container. Only the numbers of `limits` come from a caller; they are validated and
 * clamped before. `guestId` is the guest's user and group: the runner changes to the owner of /workspace.
 */
export function buildContainerSpec(
  image: string,
  limits: Limits,
  profile: ContainerProfile,
  labels: Readonly<Record<string, string>>,
  guestId: number,
): ContainerSpec {
  const { isGvisor } = profile;
  const { memoryBytes, processes } = containerLimits(limits, profile);
  const openFiles = Math.max(limits.openFiles, runnerNeeds.openFilesMin);
  const fileBytes = limits.diskMb * mebibyte;
  const disk = diskOptions(limits.diskMb, guestId);
  return {
    ...runnerContainer,
    Image: image,
    Labels: { ...labels },
    HostConfig: {
      ...sealedHostConfig(memoryBytes, profile),
      CapAdd: [...runnerRights],
      SecurityOpt: ['no-new-privileges:true', ...seccompOptions(profile)],
      ...(isGvisor ? {} : { Sysctls: networkSettings }),
      ...(isGvisor || profile.isPodman ? {} : { Mounts: [terminals] }),
      NanoCpus: Math.round(profile.cpus * 1e9),
      PidsLimit: processes,
      Ulimits: [
        ...processLimits(openFiles, fileBytes),
        // The limit counts by user. Each gVisor counts its own users; without gVisor the kernel would count all
        // containers together.
        ...(isGvisor ? [ulimit('nproc', guestProcesses(limits))] : []),
      ],
      // The images make /tmp a link into /workspace, so that one size bounds both. Over that link, gVisor would mount a
      // file system without a size if none were given.
      Tmpfs: { '/workspace': disk, '/run': runnersDisk, ...(isGvisor ? { '/tmp': disk } : {}) },
    },
  };
}

/**
 * Of the container's own network, which is its loopback. What connections hold in their buffers is charged to no cgroup of
 * version 1: each holds little, and the runner counts them (`sandbox-images/runner/process/socket_memory.py`). Few connections
 * that are closed wait for the end of their time.
 */
const networkSettings = {
  'net.ipv4.tcp_rmem': '4096 131072 212992',
  'net.ipv4.tcp_wmem': '4096 16384 212992',
  'net.ipv4.tcp_max_tw_buckets': '4096',
} as const;

/**
 * The kernel has one number of terminals for all containers together, and Docker's own mount has no limit. This one
 * belongs to the container and goes with it. Podman knows no such volumes; gVisor has terminals of its own.
 */
const terminals = {
  Type: 'volume',
  Target: '/dev/pts',
  VolumeOptions: {
    NoCopy: true,
    DriverConfig: {
      Name: 'local',
      Options: {
        type: 'devpts',
        device: 'devpts',
        // As for a job in a shared container (`sandbox-images/tenant/job.py`).
        o: 'newinstance,ptmxmode=0666,mode=0620,max=16,nosuid,noexec',
      },
    },
  },
} as const;

/** The container's limits, so that the guest gets its full limits. */
export function containerLimits(
  limits: Pick<Limits, 'memoryMb' | 'processes'>,
  { isGvisor, preloadedMb = 0 }: Pick<ContainerProfile, 'isGvisor' | 'preloadedMb'>,
): { readonly memoryBytes: number; readonly processes: number } {
  const memoryMb = limits.memoryMb + runnerNeeds.memoryMb + preloadedMb + (isGvisor ? gvisorNeeds.memoryMb : 0);
  const processes = guestProcesses(limits);
  return {
    memoryBytes: memoryMb * mebibyte,
    processes: isGvisor ? gvisorNeeds.threads + gvisorNeeds.threadsPerProcess * processes : processes,
  };
}

function guestProcesses({ processes }: Pick<Limits, 'processes'>): number {
  return Math.max(processes + runnerNeeds.processes, runnerNeeds.processesMin);
}

/**
 * The filter of system calls. Docker takes the text of a profile; Podman takes the path of a file on its own host, so
 * there the default is Podman's own profile.
 */
export function seccompOptions({
  seccompProfile,
  isPodman,
  isGvisor,
}: Pick<ContainerProfile, 'seccompProfile' | 'isPodman' | 'isGvisor'>): string[] {
  if (seccompProfile !== undefined) return [`seccomp=${seccompProfile}`];
  return isPodman ? [] : [`seccomp=${isGvisor ? gvisorSeccompProfile : guestSeccompProfile}`];
}

/** Holds the name of the guest's user (`sandbox-images/runner/process/guest_name.py`), which the guest reads. */
const runnersDisk = 'rw,nosuid,nodev,noexec,size=64k,nr_inodes=16,mode=0755';

/** One inode for every 4 KiB of disk. Without a limit, empty files would fill the memory. */
function diskOptions(diskMb: number, guestId: number): string {
  const inodes = Math.max(4_096, diskMb * 256);
  return `rw,nosuid,nodev,exec,size=${diskMb}m,nr_inodes=${inodes},mode=0700,uid=${guestId},gid=${guestId}`;
}
