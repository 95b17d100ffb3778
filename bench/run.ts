/** Runs the groups of a plan, round by round, and collects their rows. */

import { type Surroundings, warmCells } from './contestant.ts';
import { type ContestantProcess, startContestantProcess } from './contestant-process.ts';
import type { Driven } from './drive.ts';
import type { Told } from './protocol.ts';
import { memoryRow, type Row, summarise } from './rows.ts';
import type { Group, Scenario } from './scenarios.ts';

/** Settings of a run. */
export interface RunOptions {
  /** Path of hotcell's `dist/index.js`. */
  readonly hotcell: string;
  /** Time in milliseconds after which no further group or round starts; images are built by then. */
  readonly deadlineMs: number;
  readonly report: (line: string) => void;
}

/**
 * Loading an interpreter in WebAssembly takes 15 s on a busy machine; building images for the first time takes longer.
 */
const prepareTimeoutMs = 120_000;
const imagesTimeoutMs = 600_000;
const memoryTimeoutMs = 120_000;

/** Results of one contestant in one scenario, by round. */
interface Gathered {
  readonly rounds: Driven[];
  leftOut?: string;
  failure?: string;
  failures: number;
  memoryMb?: number;
}

/** Runs all groups; returns a row for each scenario and contestant, including the failed ones. */
export async function runGroups(groups: readonly Group[], options: RunOptions): Promise<Row[]> {
  options.report('looking for images');
  const images = await findImages(options.hotcell);
  const startMs = performance.now();
  const isLate = (): boolean => performance.now() - startMs > options.deadlineMs;
  const rows: Row[] = [];
  for (const group of groups) rows.push(...(await runGroup(group, images, isLate, options)));
  return rows;
}

async function runGroup(
  group: Group,
  images: Surroundings['images'],
  isLate: () => boolean,
  { hotcell, report }: RunOptions,
): Promise<Row[]> {
  const scenarios = group.measuresMemory ? [{ id: group.id }] : group.scenarios;
  const gathered = new Map<string, Gathered>();
  const at = (scenario: string, contestant: string): Gathered => {
    const key = `${scenario} ${contestant}`;
    const found = gathered.get(key) ?? { rounds: [], failures: 0 };
    gathered.set(key, found);
    return found;
  };
  for (let round = 0; round < group.rounds; round += 1) {
    for (const contestant of round % 2 === 0 ? group.contestants : group.contestants.toReversed()) {
      const places = scenarios.map(({ id }) => at(id, contestant));
      if (places.every(({ leftOut }) => leftOut !== undefined)) continue;
      if (isLate()) {
        for (const place of places) if (place.rounds.length === 0) place.leftOut ??= 'the time of this run was used up';
        continue;
      }
      report(`${group.id}, round ${round + 1} of ${group.rounds}: ${contestant}`);
      await using process = startContestantProcess();
      const surroundings = { family: group.family, hotcell, images, warm: warmCells(group.family) };
      const prepared = await process.ask({ do: 'prepare', contestant, surroundings }, prepareTimeoutMs);
      if (!('result' in prepared)) for (const place of places) note(place, prepared);
      else if (group.measuresMemory) await measureMemory(process, at(group.id, contestant));
      else for (const scenario of group.scenarios) await runScenario(process, scenario, at(scenario.id, contestant));
    }
  }
  return scenarios.flatMap(({ id }) => group.contestants.map((name) => rowOf(id, name, at(id, name))));
}

async function runScenario(process: ContestantProcess, scenario: Scenario, place: Gathered): Promise<void> {
  if (place.leftOut !== undefined) return;
  const { workload, load } = scenario;
  const told = await process.ask({ do: 'call', workload, load }, load.budgetMs + 90_000);
  if ('result' in told) place.rounds.push(told.result);
  else note(place, told);
}

async function measureMemory(process: ContestantProcess, place: Gathered): Promise<void> {
  const told = await process.ask({ do: 'memory' }, memoryTimeoutMs);
  if ('result' in told) place.memoryMb = told.result;
  else note(place, told);
}

function note(place: Gathered, told: Exclude<Told<unknown>, { readonly result: unknown }>): void {
  if ('leftOut' in told) place.leftOut = told.leftOut;
  else {
    place.failure ??= told.failure;
    place.failures += 1;
  }
}

function rowOf(scenario: string, contestant: string, place: Gathered): Row {
  if (place.memoryMb !== undefined) return memoryRow(scenario, contestant, place.memoryMb);
  const row = summarise(scenario, contestant, place.rounds);
  const failures = row.failures + place.failures;
  return { ...row, failures, firstFailure: place.failure ?? row.firstFailure, leftOut: place.leftOut };
}

/** Without images, only the peers that need them are left out, so a failure here does not end the run. */
async function findImages(hotcell: string): Promise<Surroundings['images']> {
  await using process = startContestantProcess();
  const told = await process.ask({ do: 'images', hotcell }, imagesTimeoutMs);
  return 'result' in told ? told.result : {};
}
