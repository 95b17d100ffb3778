import type { ContainerSpec } from '../daemon/docker-client.ts';

/** Settings of every container of hotcell, without its image, user, limits and system call filter. */
export const sealedContainer: ContainerSpec = Object.freeze({
  Domainname: '',
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  OpenStdin: true,
  // The container lives as long as the engine's connection: if that breaks, the program inside reads the end of its
  // stdin and exits.
  StdinOnce: true,
  Tty: false,
  StopSignal: 'SIGKILL',
  Healthcheck: { Test: ['NONE'] },
});

/**
 * A container whose PID 1 is the runner, or the program that starts runners: root with only the capabilities of {@link
 * runnerRights}.
 */
export const runnerContainer: ContainerSpec = Object.freeze({
  ...sealedContainer,
  Hostname: 'cell',
  User: '0:0',
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
});

/** Only for PID 1: to become or assign the guest's user, and to kill processes that a guest leaves behind. */
export const runnerRights: readonly string[] = ['SETUID', 'SETGID', 'KILL'];

/** Limits of each process: open files, and the size of a file in bytes. No process writes a core dump. */
export function processLimits(openFiles: number, fileBytes: number): readonly ContainerSpec[] {
  return Object.entries({ nofile: openFiles, core: 0, fsize: fileBytes }).map(([name, most]) => ulimit(name, most));
}

/** One limit in the format of the Engine API. */
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
    // Not removed at exit, because the daemon's record of the exit tells a memory kill from other ends.
    AutoRemove: false,
    Init: false,
    // If the machine itself runs out of memory, a container is killed first.
    OomScoreAdj: 500,
    ...(runtime === undefined ? {} : { Runtime: runtime }),
  };
}
