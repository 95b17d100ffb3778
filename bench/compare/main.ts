/** `npm run bench:compare -- REF`: compares this working tree with another revision, side by side in one run. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { warmCells } from '../contestant.ts';
import { startContestantProcess } from '../contestant-process.ts';
import { endProgress, showProgress } from '../progress.ts';
import { short } from '../report/table.ts';
import { median } from '../statistics.ts';
import { type Comparison, compare } from './ratio.ts';
import { type Trial, trialsOf } from './scenarios.ts';
import { buildRevision } from './worktree.ts';

const usage = `npm run bench:compare -- REF [--quick] [--rounds N] [--only NAME] [--json]
Runs this working tree and the revision REF alternately and prints ratios; above 1 this tree is slower.
`;
const prepareTimeoutMs = 600_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '10' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [ref] = positionals;
const rounds = Number(options.rounds);
const trials = trialsOf(options.quick, options.only);
if (ref === undefined || !Number.isSafeInteger(rounds) || rounds < 1 || trials.length === 0) {
  process.stderr.write(usage);
  process.exit(2);
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => interrupted.abort(new Error(`${name}: stopped before the end`)));
}

try {
  await using other = await buildRevision(root, ref, showProgress, interrupted.signal);
  const comparisons = await runTrials(trials, join(root, 'dist', 'index.js'), other.hotcell);
  endProgress();
  if (options.json) process.stdout.write(`${JSON.stringify({ ref, commit: other.commit, comparisons }, null, 2)}\n`);
  else print(other.commit, comparisons);
} catch (error) {
  endProgress();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function runTrials(all: readonly Trial[], here: string, there: string): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const trial of all) {
    const medians = { here: [] as number[], there: [] as number[] };
    let problem: string | undefined;
    // The first round warms images and the daemon's caches, which outlive a process, and is not counted.
    for (let round = -1; round < rounds && problem === undefined; round += 1) {
      showProgress(`${trial.id}, round ${Math.max(1, round + 1)} of ${rounds}`);
      const order = round % 2 === 0 ? (['here', 'there'] as const) : (['there', 'here'] as const);
      for (const side of order) {
        interrupted.signal.throwIfAborted();
        const outcome = await tryOnce(trial, side === 'here' ? here : there);
        if (typeof outcome === 'string') problem ??= `${side === 'here' ? 'this tree' : ref}: ${outcome}`;
        else if (round >= 0) medians[side].push(outcome);
      }
    }
    tried.push({ ...compare(trial.id, medians.here, medians.there), medians, problem });
  }
  return tried;
}

/** Median of one round in a fresh process, in milliseconds, or what went wrong. */
async function tryOnce({ family, workload, load }: Trial, hotcell: string): Promise<number | string> {
  await using contestant = startContestantProcess();
  const surroundings = { family, hotcell, images: {}, warm: warmCells(family) };
  const prepared = await contestant.ask({ do: 'prepare', contestant: 'hotcell', surroundings }, prepareTimeoutMs);
  if (!('result' in prepared)) return 'leftOut' in prepared ? prepared.leftOut : prepared.failure;
  const told = await contestant.ask({ do: 'call', workload, load }, load.budgetMs + 90_000);
  if (!('result' in told)) return 'leftOut' in told ? told.leftOut : told.failure;
  const { timesMs, failures, firstFailure } = told.result;
  return failures > 0 ? `${failures} calls failed: ${firstFailure}` : median(timesMs);
}

interface Tried extends Comparison {
  readonly medians: { readonly here: readonly number[]; readonly there: readonly number[] };
  readonly problem: string | undefined;
}

function print(commit: string, tried: readonly Tried[]): void {
  process.stdout.write(`this tree / ${ref} (${commit}), median of ${rounds} rounds; above 1 this tree is slower\n`);
  for (const { scenario, ratio, interval, verdict, medians, problem } of tried) {
    const range = interval === undefined ? '' : `${short(interval.low)} to ${short(interval.high)}`;
    const times = `${short(median(medians.here))} / ${short(median(medians.there))} ms`;
    const line = [scenario.padEnd(28), short(ratio).padStart(7), range.padStart(16), times.padStart(20)].join('  ');
    process.stdout.write(
      problem === undefined ? `${line}  ${verdict}\n` : `${scenario.padEnd(28)}  FAILED: ${problem}\n`,
    );
  }
}
