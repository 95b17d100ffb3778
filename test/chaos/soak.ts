/**
 * A long load on one engine without injected faults: every verdict must be right, nothing may leak, and memory may not
 * grow. `npm run soak -- [--calls N] [--hostile 0.1] [--languages a,b] [--callers N] [--seed N] [--json]`
 */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEngine } from 'hotcell';
import { listContainers } from './containers.ts';
import { settleLeaks, takeCensus, warmUpProcess } from './leak-census.ts';
import { runLoad } from './load.ts';
import { loadTools, quickShares, restrictShares } from './load-mix.ts';
import { measureMemory, memoryDrift } from './memory-drift.ts';
import { createProgressLine } from './progress-line.ts';
import { createRandom } from './random.ts';
import { makeReport, printReport } from './report.ts';
import { startStallClock } from './stall-clock.ts';
import { Tally } from './tally.ts';

const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '20000' },
    hostile: { type: 'string', default: '0.1' },
    languages: { type: 'string' },
    callers: { type: 'string', default: '12' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
  },
});
const [calls, seed, callers] = [Number(options.calls), Number(options.seed), Number(options.callers)];
const mix = { shares: restrictShares(quickShares, options.languages?.split(',')), hostile: Number(options.hostile) };
const usesDocker = 'python' in mix.shares || 'bash' in mix.shares;
const queueTimeoutMs = 60_000;
/** Each sample costs a garbage collection. */
const sampleEvery = Math.max(10, Math.floor(calls / 500));

await using folder = await mkdtempDisposable(join(tmpdir(), 'hotcell-soak-'));
process.env.TMPDIR = folder.path;
await warmUpProcess();
const before = takeCensus();
const startedMs = performance.now();
const tally = new Tally();
const line = createProgressLine();
const samplesMb: number[] = [];

{
  using stalls = startStallClock();
  await using engine = createEngine({ tools: loadTools, queue: { queueTimeoutMs } });
  const onOutcome = (outcome: Parameters<Tally['add']>[0]): void => {
    tally.add(outcome);
    if (tally.calls % sampleEvery === 0) samplesMb.push(measureMemory());
    const rate = tally.calls / ((performance.now() - startedMs) / 1_000);
    line.show(`${tally.calls} of ${calls} calls, ${rate.toFixed(1)} a second, ${tally.faulty + tally.open} faulty`);
  };
  const random = createRandom(seed);
  const load = { name: `soak${seed}`, engine, mix, random, callers, calls, queueTimeoutMs, stalls, onOutcome };
  await runLoad(load, new AbortController().signal);
}
tally.close();
const seconds = (performance.now() - startedMs) / 1_000;
line.clear();

const containers = usesDocker ? await listContainers(process.env.DOCKER_HOST, process.pid) : [];
const leaks = [...(await settleLeaks(before, 10_000)), ...containers.map(({ id }) => `container ${id}`)];
const shares = Object.entries(mix.shares).map(([language, share]) => `${language} ${share}`);
const memory = { firstMb: samplesMb[0] ?? 0, lastMb: samplesMb.at(-1) ?? 0, drift: memoryDrift(samplesMb) };
const load = `${callers} callers, shares ${shares.join(', ')}, hostile ${mix.hostile}`;
const report = makeReport(tally, { load, seed, seconds, leaks, memory });
process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report));
if (!report.held) process.exitCode = 1;
