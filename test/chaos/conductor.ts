import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listContainers } from './containers.ts';
import { type EngineHandle, startEngine } from './engine-handle.ts';
import type { EngineSettings } from './engine-process.ts';
import type { Arena, Fault, Injected, Target } from './fault.ts';
import { faults } from './faults.ts';
import type { PrivateDocker } from './private-docker.ts';
import type { Random } from './random.ts';
import type { MemoryReport } from './report.ts';
import { judgeStrangers, type Residue } from './strangers.ts';
import { Tally } from './tally.ts';

/** Settings of a run. */
export interface ChaosOptions {
  readonly random: Random;
  readonly address: string | undefined;
  readonly docker: PrivateDocker | undefined;
  readonly mix: EngineSettings['mix'];
  readonly seed: number;
  /** A folder for this run; the engines' temporary files go below it. */
  readonly folder: string;
  /** Most faults, and the longest time. */
  readonly faults: number;
  readonly minutes: number;
  onProgress(text: string): void;
}

/** The results of a run. */
export interface ChaosEnd {
  readonly tally: Tally;
  /** Number of injected faults, by kind. */
  readonly counts: Readonly<Record<string, number>>;
  readonly leaks: readonly string[];
  readonly residue: Residue;
  readonly memory: MemoryReport;
}

/** Longest pause between two faults, in milliseconds. */
const pauseMaxMs = 1_200;
/** An orphan that was being made when its engine died is found by the sweep one minute later. */
const orphanPatienceMs = 75_000;
const removalMs = 1_500;
const hostPatienceMs = 5_000;
const finishPatienceMs = 150_000;
/** Time before the first fault, so that there are calls to hit. */
const warmUpMs = 4_000;

/**
 * Runs two engines under load, injects faults, and records the results. One engine runs for the whole time and is
 * measured; the other is killed now and then, and its successor has to clean up after it.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosEnd> {
  const { random, address, docker, mix, seed, folder, onProgress } = options;
  const counts: Record<string, number> = {};
  const leaks: string[] = [];
  const injected: Injected[] = [];
  const pending = new Set<Promise<void>>();
  const tally = new Tally();
  const orphans = { left: 0, said: 0 };
  let isCleaning = false;

  let engines = 0;
  const open = async (callers: number): Promise<EngineHandle> => {
    engines += 1;
    const name = `e${seed}x${engines}`;
    const temporary = join(folder, name);
    await mkdir(temporary);
    const settings = { name, address, mix, seed: seed + engines, callers };
    return startEngine(settings, temporary, {
      outcome: (outcome) => tally.add(outcome),
      orphansRemoved: (count) => {
        orphans.said += count;
      },
    });
  };
  const steady = await open(6);
  let mortal = await open(3);

  const track = (work: Promise<void>): void => {
    const tracked = work.catch((error: unknown) => tally.fail(`chaos itself failed: ${String(error)}`));
    pending.add(tracked);
    void tracked.finally(() => pending.delete(tracked));
  };
  /** Waits until a dead engine's containers are removed, and a living engine has reported that. */
  const awaitOrphans = async (pid: number): Promise<void> => {
    const giveUpAtMs = performance.now() + orphanPatienceMs;
    for (;;) {
      // If the daemon is down now, ask again later.
      const left = await listContainers(address, pid).catch(() => undefined);
      if (left?.length === 0 && orphans.said >= orphans.left) return;
      if (performance.now() > giveUpAtMs) {
        leaks.push(`${left?.length ?? 'unknown'} containers of an engine that was killed`);
        return;
      }
      await sleep(500);
    }
  };
  const killEngine: Arena['killEngine'] = async (hit) => {
    // Wait until the containers of its predecessor are removed and reported; otherwise the engine that removes them
    // would be killed.
    if (isCleaning) return false;
    isCleaning = true;
    const victim = mortal;
    hit(victim.pid);
    const survivors = await victim.kill(hostPatienceMs);
    for (const { pid, name } of survivors) leaks.push(`process ${pid} ${name} outlived its engine`);
    // Containers whose removal it had already requested are not orphans.
    await sleep(removalMs);
    orphans.left += (await listContainers(address, victim.pid).catch(() => [])).length;
    mortal = await open(3);
    track(
      awaitOrphans(victim.pid).finally(() => {
        isCleaning = false;
      }),
    );
    return true;
  };
  const arena: Arena = { random, address, docker, engines: () => [steady, mortal], killEngine };

  const inject = async (fault: Fault): Promise<void> => {
    let entry: Injected | undefined;
    const strike = (target: Target): void => {
      entry = { fault, target, fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY };
      injected.push(entry);
    };
    const wasHit = await fault.inject(arena, strike).catch((error: unknown) => {
      tally.fail(`${fault.name}: ${String(error)}`);
      return false;
    });
    if (entry) entry.toMs = Date.now();
    // A command that failed may still have had its effect, so the entry stays.
    if (wasHit) counts[fault.name] = (counts[fault.name] ?? 0) + 1;
  };

  await sleep(warmUpMs);
  const untilMs = performance.now() + options.minutes * 60_000;
  const total = (): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const usable = faults.filter(({ alone }) => docker !== undefined || !alone);
  while (total() < options.faults && performance.now() < untilMs) {
    const fault = random.pickWeighted(usable);
    if (fault.alone) await inject(fault);
    else track(inject(fault));
    const state = `${tally.calls} calls, ${tally.faulty} faulty, ${tally.open} to explain`;
    onProgress(`${total()} of ${options.faults} faults, ${state}, ${fault.name}`);
    await sleep(random.between(0, pauseMaxMs));
  }
  while (pending.size > 0) await Promise.all(pending);

  onProgress('waiting for the last calls to end');
  const [end, ...others] = await Promise.all([steady.finish(finishPatienceMs), mortal.finish(finishPatienceMs)]);
  for (const { leaks: left } of [end, ...others]) leaks.push(...left);
  for (const { pid } of [steady, mortal]) {
    for (const { id } of await listContainers(address, pid)) leaks.push(`container ${id}`);
  }
  if (orphans.said < orphans.left) {
    leaks.push(`${orphans.left} containers were orphaned, but engines reported the removal of only ${orphans.said}`);
  }
  tally.close(injected);
  onProgress('waiting for the processes of containers to end');
  const { residue, leaks: outlived } = await judgeStrangers(docker);
  leaks.push(...outlived);
  return { tally, counts, leaks, residue, memory: end.memory ?? { firstMb: 0, lastMb: 0 } };
}
