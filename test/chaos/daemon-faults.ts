import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import type { PrivateDocker } from './private-docker.ts';
import { type FoundProcess, isAlive, signalProcess } from './processes.ts';
import type { Random } from './random.ts';

/** How long a daemon is paused or down, in milliseconds; the engine gives up on it after 3.5 s. */
const outageMs = { least: 100, most: 5_000 } as const;
/** Time for a daemon to shut down, which first kills its containers. */
const shutdownMs = 30_000;

/** Faults of the Docker engine itself. Without a private engine they hit nothing. */
export const daemonFaults: readonly Fault[] = [
  daemonFault('dockerd killed', 2, false, async (docker, random) => {
    const wasUp = await endDaemon(docker, 'SIGKILL');
    await outage(random);
    await docker.start();
    return wasUp;
  }),
  daemonFault('dockerd restarted', 2, false, async (docker) => {
    const wasUp = await endDaemon(docker, 'SIGTERM');
    await docker.start();
    return wasUp;
  }),
  daemonFault('dockerd stopped and continued', 3, true, (docker, random) => standstill(docker.daemon(), random)),
  daemonFault('containerd killed', 1, true, async (docker) => {
    const before = docker.containerd();
    if (before === undefined) return false;
    signalProcess(before.pid, 'SIGKILL');
    // The daemon restarts its containerd.
    const giveUpAtMs = performance.now() + shutdownMs;
    while (docker.containerd() === undefined && performance.now() < giveUpAtMs) await sleep(100);
    return true;
  }),
  daemonFault('containerd stopped and continued', 2, true, (docker, random) => standstill(docker.containerd(), random)),
];

function daemonFault(
  name: string,
  weight: number,
  stops: boolean,
  act: (docker: PrivateDocker, random: Random) => Promise<boolean>,
): Fault {
  return {
    name,
    weight,
    stops,
    alone: true,
    async inject({ docker, random }, hit) {
      if (docker === undefined) return false;
      hit({ kind: 'daemon' });
      const wasHit = await act(docker, random);
      await docker.recovers();
      return wasHit;
    },
  };
}

async function standstill(target: FoundProcess | undefined, random: Random): Promise<boolean> {
  if (target === undefined) return false;
  signalProcess(target.pid, 'SIGSTOP');
  await outage(random);
  signalProcess(target.pid, 'SIGCONT');
  return true;
}

async function outage(random: Random): Promise<void> {
  await sleep(random.between(outageMs.least, outageMs.most));
}

/** Whether there was a daemon. */
async function endDaemon(docker: PrivateDocker, signal: 'SIGKILL' | 'SIGTERM'): Promise<boolean> {
  const daemon = docker.daemon();
  if (daemon === undefined) return false;
  signalProcess(daemon.pid, signal);
  await isGone(daemon, shutdownMs);
  signalProcess(daemon.pid, 'SIGKILL');
  // A second daemon refuses to start next to the first.
  if (!(await isGone(daemon, shutdownMs))) throw new Error('The daemon outlives SIGKILL.');
  return true;
}

async function isGone(daemon: FoundProcess, withinMs: number): Promise<boolean> {
  const giveUpAtMs = performance.now() + withinMs;
  while (isAlive(daemon) && performance.now() < giveUpAtMs) await sleep(50);
  return !isAlive(daemon);
}
