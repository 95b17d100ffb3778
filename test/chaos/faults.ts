import { setTimeout as sleep } from 'node:timers/promises';
import { docker, listContainers } from './containers.ts';
import { daemonFaults } from './daemon-faults.ts';
import type { Arena, Fault } from './fault.ts';
import { type FoundProcess, findRunner, findShim, isAlive, signalProcess } from './processes.ts';

/** How long something stands still that is continued afterwards, in milliseconds. */
const standstillMs = { least: 200, most: 4_000 } as const;
/** Longer than any call and its removal takes: who is still stopped by then was never missed. */
const forgottenMs = 25_000;

type Finder = (arena: Arena) => Promise<FoundProcess | undefined>;

const findHost: Finder = async ({ engines, random }) => {
  const hosts = engines().flatMap((engine) => engine.hosts());
  return hosts.length > 0 ? random.pick(hosts) : undefined;
};
const findRunnerOf: Finder = async (arena) => {
  const container = await findContainer(arena);
  return container === undefined ? undefined : findRunner(container);
};
const findShimOf: Finder = async (arena) => {
  const container = await findContainer(arena);
  return container === undefined ? undefined : findShim(container);
};

/** All that can be done to an engine from outside. */
export const faults: readonly Fault[] = [
  killing('host killed', 6, 'isolate', findHost),
  stopping('host stopped and continued', 4, 'isolate', findHost),
  forgetting('host stopped', 3, 'isolate', findHost),
  killing('runner killed', 6, 'docker', findRunnerOf),
  stopping('runner stopped and continued', 4, 'docker', findRunnerOf),
  forgetting('runner stopped', 3, 'docker', findRunnerOf),
  commanding('container killed', 5, false, ['kill']),
  commanding('container removed', 5, false, ['rm', '--force']),
  commanding('container paused', 3, true, ['pause']),
  commanding('container paused and continued', 3, true, ['pause'], ['unpause']),
  killing('shim killed', 3, 'docker', findShimOf, true),
  stopping('shim stopped and continued', 3, 'docker', findShimOf),
  ...daemonFaults,
  {
    name: 'engine killed',
    weight: 3,
    reach: 'both',
    stops: false,
    inject: (arena) => arena.killEngine(),
  },
  stopping('engine stopped and continued', 2, 'both', async ({ engines, random }) => {
    const { pid } = random.pick(engines());
    return { pid, name: 'engine', parent: process.pid, started: '', state: '' };
  }),
];

/** A container that runs now, of any of the engines. */
async function findContainer({ address, engines, random }: Arena): Promise<string | undefined> {
  const lists = await Promise.all(engines().map(({ pid }) => listContainers(address, pid).catch(() => [])));
  const running = lists.flat().filter(({ state }) => state === 'running');
  return running.length > 0 ? random.pick(running).id : undefined;
}

function killing(name: string, weight: number, reach: Fault['reach'], find: Finder, stops = false): Fault {
  const inject = async (arena: Arena): Promise<boolean> => {
    const target = await find(arena);
    return target !== undefined && signalProcess(target.pid, 'SIGKILL');
  };
  return { name, weight, reach, stops, inject };
}

function stopping(name: string, weight: number, reach: Fault['reach'], find: Finder): Fault {
  const inject = async (arena: Arena): Promise<boolean> => {
    const target = await find(arena);
    if (target === undefined || !signalProcess(target.pid, 'SIGSTOP')) return false;
    await sleep(arena.random.between(standstillMs.least, standstillMs.most));
    signalProcess(target.pid, 'SIGCONT');
    return true;
  };
  return { name, weight, reach, stops: true, inject };
}

/** Stops a process and leaves it at that: whoever owns it has to get rid of it. */
function forgetting(name: string, weight: number, reach: Fault['reach'], find: Finder): Fault {
  const inject = async (arena: Arena): Promise<boolean> => {
    const target = await find(arena);
    if (target === undefined || !signalProcess(target.pid, 'SIGSTOP')) return false;
    const giveUpAtMs = performance.now() + forgottenMs;
    while (isAlive(target) && performance.now() < giveUpAtMs) await sleep(100);
    // A host that waits for its first job is not missed until it gets one.
    if (isAlive(target)) signalProcess(target.pid, 'SIGCONT');
    return true;
  };
  return { name, weight, reach, stops: true, inject };
}

/** Runs a docker command on a container and, after a while, another that undoes it. */
function commanding(
  name: string,
  weight: number,
  stops: boolean,
  command: readonly string[],
  undo?: readonly string[],
): Fault {
  const inject = async (arena: Arena): Promise<boolean> => {
    const container = await findContainer(arena);
    if (container === undefined) return false;
    try {
      await docker(arena.address, ...command, container);
    } catch {
      // It was gone already, or the daemon itself is under a fault.
      return false;
    }
    if (undo === undefined) return true;
    await sleep(arena.random.between(standstillMs.least, standstillMs.most));
    await docker(arena.address, ...undo, container).catch(() => []);
    return true;
  };
  return { name, weight, reach: 'docker', stops, inject };
}
