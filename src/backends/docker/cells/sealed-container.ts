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
