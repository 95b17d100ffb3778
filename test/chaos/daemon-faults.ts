import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import type { PrivateDocker } from './private-docker.ts';
import { type FoundProcess, isAlive, signalProcess } from './processes.ts';
import type { Random } from './random.ts';

/** How long a daemon stands still or is down, in milliseconds; the engine gives up on one after 1.5 s. */
const outageMs = { least: 100, most: 5_000 } as const;
/** A daemon that is asked to end kills its containers first. */
const shutdownMs = 30_000;

/** Faults of the Docker engine itself; where it is not our own, nobody is hit. */
export const daemonFaults: readonly Fault[] = [
  daemonFault('dockerd killed', 2, false, async (docker, random) => {
    await endDaemon(docker, 'SIGKILL');
    await outage(random);
    await docker.start();
  }),
  daemonFault('dockerd restarted', 2, false, async (docker) => {
    await endDaemon(docker, 'SIGTERM');
    await docker.start();
  }),
  daemonFault('dockerd stopped and continued', 3, true, (docker, random) => standstill(docker.daemon(), random)),
  daemonFault('containerd killed', 1, true, async (docker) => {
    const before = docker.containerd();
    if (before === undefined) return;
    signalProcess(before.pid, 'SIGKILL');
    // The daemon starts it again.
    const giveUpAtMs = performance.now() + shutdownMs;
    while (docker.containerd() === undefined && performance.now() < giveUpAtMs) await sleep(100);
  }),
  daemonFault('containerd stopped and continued', 2, true, (docker, random) => standstill(docker.containerd(), random)),
];

function daemonFault(
  name: string,
  weight: number,
  stops: boolean,
  act: (docker: PrivateDocker, random: Random) => Promise<void>,
): Fault {
  return {
    name,
    weight,
    reach: 'docker',
    stops,
    alone: true,
    async inject({ docker, random }) {
      if (docker === undefined) return false;
      await act(docker, random);
      return true;
    },
  };
}

async function standstill(target: FoundProcess | undefined, random: Random): Promise<void> {
  if (target === undefined) return;
  signalProcess(target.pid, 'SIGSTOP');
  await outage(random);
  signalProcess(target.pid, 'SIGCONT');
}

async function outage(random: Random): Promise<void> {
  await sleep(random.between(outageMs.least, outageMs.most));
}

async function endDaemon(docker: PrivateDocker, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const daemon = docker.daemon();
  if (daemon === undefined) return;
  signalProcess(daemon.pid, signal);
  const giveUpAtMs = performance.now() + shutdownMs;
  while (isAlive(daemon) && performance.now() < giveUpAtMs) await sleep(50);
  if (isAlive(daemon)) signalProcess(daemon.pid, 'SIGKILL');
}
