import type { ContainerSpec } from '../daemon/docker-client.ts';

/** What every container of hotcell has in common, beside its image, user, limits and system call filter. */
export const sealedContainer: ContainerSpec = Object.freeze({
  Domainname: '',
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  OpenStdin: true,
  // The engine's connection is the container's life: where it breaks, what runs inside reads the end of its stdin and ends.
  StdinOnce: true,
  Tty: false,
  StopSignal: 'SIGKILL',
  Healthcheck: { Test: ['NONE'] },
});

/** A container whose PID 1 is the runner or what starts runners: root without its rights, but for {@link runnerRights}. */
export const runnerContainer: ContainerSpec = Object.freeze({
  ...sealedContainer,
  Hostname: 'cell',
  User: '0:0',
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
});

/** For PID 1 alone, to become or assign the guest's user, and to kill what a guest leaves behind. */
export const runnerRights: readonly string[] = ['SETUID', 'SETGID', 'KILL'];

/** Limits of each process: descriptors, and the size of a file in bytes. No process writes a core. */
export function processLimits(openFiles: number, fileBytes: number): readonly ContainerSpec[] {
  return Object.entries({ nofile: openFiles, core: 0, fsize: fileBytes }).map(([name, most]) => ulimit(name, most));
}

/** One limit, in the words of the Engine API. */
export function ulimit(name: string, most: number): ContainerSpec {
  return { Name: name, Soft: most, Hard: most };
}

/** The host's side of {@link sealedContainer}; memory in bytes, swap included. */
export function sealedHostConfig(
  memory: number,
  { cgroupVersion, runtime }: { readonly cgroupVersion: '1' | '2'; readonly runtime?: string | undefined },
): ContainerSpec {
  return {
    NetworkMode: 'none',
    IpcMode: 'none',
    ReadonlyRootfs: true,
    Privileged: false,
    CapDrop: ['ALL'],
    Memory: memory,
    MemorySwap: memory,
    ...(cgroupVersion === '1' ? { MemorySwappiness: 0 } : {}),
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    // Not at exit: the daemon's record of a death is what tells a memory kill from others.
    AutoRemove: false,
    Init: false,
    // Where the machine itself runs out of memory, a container goes first.
    OomScoreAdj: 500,
    ...(runtime === undefined ? {} : { Runtime: runtime }),
  };
}
