import { setTimeout as sleep } from 'node:timers/promises';
import { docker, type FoundContainer, listContainers } from './containers.ts';
import { daemonFaults } from './daemon-faults.ts';
import type { Arena, Fault, Target } from './fault.ts';
import { type FoundProcess, findRunner, findShim, isAlive, readProcess, signalProcess } from './processes.ts';

/** How long something is paused before it continues, in milliseconds. */
const standstillMs = { least: 200, most: 4_000 } as const;
/** Longer than any call and its removal: a process that is still paused then was not needed. */
const forgottenMs = 25_000;

/** A process to hit, and the target to which it belongs. */
interface Victim {
  readonly process: FoundProcess;
  readonly target: Target;
}
type Finder = (arena: Arena) => Promise<Victim | undefined>;

const findHost: Finder = async ({ engines, random }) => {
  const hosts = engines().flatMap(({ pid, hosts }) =>
    hosts().map((process) => ({ process, target: { kind: 'host', engine: pid } as const })),
  );
  return hosts.length > 0 ? random.pick(hosts) : undefined;
};
const findInContainer =
  (find: (container: string) => FoundProcess | undefined): Finder =>
  async (arena) => {
    const container = await findContainer(arena);
    const process = container && find(container.id);
    return process && { process, target: container.target };
  };
const findRunnerOf = findInContainer(findRunner);
const findShimOf = findInContainer(findShim);
const findEngine: Finder = async ({ engines, random }) => {
  const { pid } = random.pick(engines());
  const process = readProcess(pid);
  return process && { process, target: { kind: 'engine', engine: pid } };
};

/** All faults that can be injected from outside an engine. */
export const faults: readonly Fault[] = [
  killing('host killed', 6, findHost),
  stopping('host stopped and continued', 4, findHost),
  forgetting('host stopped', 3, findHost),
  killing('runner killed', 6, findRunnerOf),
  stopping('runner stopped and continued', 4, findRunnerOf),
  forgetting('runner stopped', 3, findRunnerOf),
  commanding('container killed', 5, false, ['kill']),
  commanding('container removed', 5, false, ['rm', '--force']),
  commanding('container paused', 3, true, ['pause']),
  commanding('container paused and continued', 3, true, ['pause'], ['unpause']),
  killing('shim killed', 3, findShimOf, true),
  stopping('shim stopped and continued', 3, findShimOf),
  ...daemonFaults,
  {
    name: 'engine killed',
    weight: 3,
    stops: false,
    inject: (arena, hit) => arena.killEngine((pid) => hit({ kind: 'engine', engine: pid })),
  },
  stopping('engine stopped and continued', 2, findEngine),
];

/** A random running container of any engine. */
async function findContainer({
  address,
  engines,
  random,
}: Arena): Promise<(FoundContainer & { readonly target: Target }) | undefined> {
  const lists = await Promise.all(
    engines().map(async ({ pid }) => {
      const found = await listContainers(address, pid).catch(() => []);
      return found.map((one) => ({ ...one, target: { kind: 'container', engine: pid, name: one.name } as const }));
    }),
  );
  const running = lists.flat().filter(({ state }) => state === 'running');
  return running.length > 0 ? random.pick(running) : undefined;
}

function killing(name: string, weight: number, find: Finder, stops = false): Fault {
  const inject: Fault['inject'] = async (arena, hit) => {
    const victim = await find(arena);
    if (victim === undefined) return false;
    hit(victim.target);
    return signalProcess(victim.process.pid, 'SIGKILL');
  };
  return { name, weight, stops, inject };
}

function stopping(name: string, weight: number, find: Finder): Fault {
  const inject: Fault['inject'] = async (arena, hit) => {
    const victim = await find(arena);
    if (victim === undefined) return false;
    hit(victim.target);
    if (!signalProcess(victim.process.pid, 'SIGSTOP')) return false;
    await sleep(arena.random.between(standstillMs.least, standstillMs.most));
    if (isAlive(victim.process)) signalProcess(victim.process.pid, 'SIGCONT');
    return true;
  };
  return { name, weight, stops: true, inject };
}

/** Pauses a process and does not continue it: its owner has to remove it. */
function forgetting(name: string, weight: number, find: Finder): Fault {
  const inject: Fault['inject'] = async (arena, hit) => {
    const victim = await find(arena);
    if (victim === undefined) return false;
    hit(victim.target);
    if (!signalProcess(victim.process.pid, 'SIGSTOP')) return false;
    const giveUpAtMs = performance.now() + forgottenMs;
    while (isAlive(victim.process) && performance.now() < giveUpAtMs) await sleep(100);
    // A host that waits for its first job is not missed before that.
    if (isAlive(victim.process)) signalProcess(victim.process.pid, 'SIGCONT');
    return true;
  };
  return { name, weight, stops: true, inject };
}

/** Runs a docker command on a container and, after a while, the command that undoes it. */
function commanding(
  name: string,
  weight: number,
  stops: boolean,
  command: readonly string[],
  undo?: readonly string[],
): Fault {
  const inject: Fault['inject'] = async (arena, hit) => {
    const container = await findContainer(arena);
    if (container === undefined) return false;
    hit(container.target);
    try {
      await docker(arena.address, ...command, container.id);
    } catch {
      // The container is already gone, or the daemon itself is under a fault.
      return false;
    }
    if (undo === undefined) return true;
    await sleep(arena.random.between(standstillMs.least, standstillMs.most));
    await docker(arena.address, ...undo, container.id).catch(() => []);
    return true;
  };
  return { name, weight, stops, inject };
}
