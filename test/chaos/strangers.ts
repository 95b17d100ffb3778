/**
 * What outlives all containers. A Docker engine that is killed while it starts a container forgets it for good: on its
 * return it has a container that never ran, which the reaper removes, and containerd has a shim, which nobody can reach
 * through the Docker API any more. What is in that shim is a matter of the moment: nothing, a container that runc made and
 * never started, or a runner that waits for a job. The first two are Docker's own and run no code of anybody, so they are
 * counted apart. A runner has to end by itself; it and whatever else there is are leaks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateDocker } from './private-docker.ts';
import { type FoundProcess, readCommand } from './processes.ts';

/** What a Docker engine lost when it was killed. */
export interface Residue {
  /** Shims with nobody inside. */
  readonly emptyShims: number;
  /** Containers, with their shims, that runc made and never started: no program was ever executed in them. */
  readonly unstarted: number;
}

/** Shims take a moment to end. */
const patienceMs = 15_000;
/** A runner without a guest that has nobody to end it does so itself, when nobody has spoken to it for 2 minutes. */
const runnerPatienceMs = 140_000;

const runnerProgram = '/opt/hotcell/runner/main.py';
const shimCommand = /^\S*\/containerd-shim-runc-v2 -namespace moby -id /;

/** What is left, told apart. */
export interface Strangers {
  readonly residue: Residue;
  readonly leaks: readonly string[];
  /** Whether the leaks are runners that have no guest, and their shims, and nothing else. */
  readonly areRunners: boolean;
}

/** Waits until nobody is left but what Docker lost, 15 s for a guest and over 2 minutes for a runner without one. */
export async function judgeStrangers(docker: Pick<PrivateDocker, 'strangers'> | undefined): Promise<Strangers> {
  const fromMs = performance.now();
  for (;;) {
    const judged = sortStrangers(docker?.strangers() ?? [], ({ pid }) => readCommand(pid));
    const waitedMs = performance.now() - fromMs;
    if (judged.leaks.length === 0 || waitedMs > (judged.areRunners ? runnerPatienceMs : patienceMs)) return judged;
    await sleep(250);
  }
}

/** Tells what Docker lost from what leaked, by the command of each process and by who is whose child. */
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
