/**
 * Processes that outlive all containers. A Docker engine that is killed while it starts a container forgets it. After
 * its restart it has a container that never ran, which the reaper removes, and containerd has a shim, which the Docker
 * API no longer reaches. Depending on the moment, the shim contains nothing, a container that runc made and never
 * started, or a runner that waits for a job. The first two belong to Docker and run no code, so they are counted
 * separately. A runner has to end by itself; it and everything else count as leaks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateDocker } from './private-docker.ts';
import { type FoundProcess, readCommand } from './processes.ts';

/** Leftovers of a killed Docker engine. */
export interface Residue {
  /** Shims without a container. */
  readonly emptyShims: number;
  /** Containers, with their shims, that runc made and never started: no program was ever executed in them. */
  readonly unstarted: number;
}

/** Time for shims to end. */
const patienceMs = 15_000;
/** Time for a runner without a guest to end by itself: it does so after 2 minutes without a message. */
const runnerPatienceMs = 140_000;

const runnerProgram = '/opt/hotcell/runner/main.py';
const shimCommand = /^\S*\/containerd-shim-runc-v2 -namespace moby -id /;

/** The remaining processes, by kind. */
export interface Strangers {
  readonly residue: Residue;
  readonly leaks: readonly string[];
  /** Whether the leaks are only runners without a guest, and their shims. */
  readonly areRunners: boolean;
}

/** Waits until only Docker's leftovers remain: 15 s for a guest and over 2 minutes for a runner without one. */
export async function judgeStrangers(docker: Pick<PrivateDocker, 'strangers'> | undefined): Promise<Strangers> {
  const fromMs = performance.now();
  for (;;) {
    const judged = sortStrangers(docker?.strangers() ?? [], ({ pid }) => readCommand(pid));
    const waitedMs = performance.now() - fromMs;
    if (judged.leaks.length === 0 || waitedMs > (judged.areRunners ? runnerPatienceMs : patienceMs)) return judged;
    await sleep(250);
  }
}

/** Separates Docker's leftovers from leaks, by the command of each process and by ancestry. */
export function sortStrangers(
  strangers: readonly FoundProcess[],
  commandOf: (process: FoundProcess) => string,
): Strangers {
  const childrenOf = ({ pid }: FoundProcess): FoundProcess[] => strangers.filter(({ parent }) => parent === pid);
  // Commands can be forged, ancestry cannot: a guest's parent is a guest or its runner, and they die together.
  const isShim = (one: FoundProcess): boolean =>
    shimCommand.test(commandOf(one)) && !strangers.some(({ pid }) => pid === one.parent);
  const shims = strangers.filter(isShim);
  const isUnstarted = (one: FoundProcess): boolean =>
    commandOf(one) === 'runc init' && shims.some(({ pid }) => pid === one.parent) && childrenOf(one).length === 0;
  const empty = shims.filter((shim) => childrenOf(shim).length === 0);
  const unstarted = strangers.filter(isUnstarted);
  const waiting = shims.filter((shim) => childrenOf(shim).length > 0 && childrenOf(shim).every(isUnstarted));
  const residue = new Set([...empty, ...unstarted, ...waiting]);
  const left = strangers.filter((one) => !residue.has(one));
  const isLonely = (one: FoundProcess): boolean =>
    commandOf(one).includes(runnerProgram) &&
    childrenOf(one).length === 0 &&
    shims.some(({ pid }) => pid === one.parent);
  return {
    residue: { emptyShims: empty.length, unstarted: unstarted.length },
    leaks: left.map(({ name, state }) => `process ${name} of a container that is gone, in state ${state}`),
    areRunners: left.every((one) => isLonely(one) || (isShim(one) && childrenOf(one).every(isLonely))),
  };
}
