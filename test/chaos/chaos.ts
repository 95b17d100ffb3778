/**
 * Faults of all kinds at random moments under a mixed load: every call must end in a typed result in time, no call may
 * get another's answer, and nothing may leak.
 * `npm run chaos -- [--faults N] [--minutes M] [--seed N] [--docker own|shared] [--json]`
 *
 * `own` (default) starts a separate Docker engine that may be killed, which requires root on Linux; `shared` uses the
 * running one and leaves out faults that would hit others. The same seed chooses the same faults and calls; their timing
 * depends on the machine.
 */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './conductor.ts';
import { evenShares, restrictShares } from './load-mix.ts';
import { listSandboxImages, startPrivateDocker } from './private-docker.ts';
import { createProgressLine } from './progress-line.ts';
import { createRandom } from './random.ts';
import { makeReport, printReport } from './report.ts';

const { values: options } = parseArgs({
  options: {
    faults: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '60' },
    hostile: { type: 'string', default: '0.1' },
    languages: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    docker: { type: 'string', default: 'own' },
    json: { type: 'boolean', default: false },
  },
});
if (options.docker !== 'own' && options.docker !== 'shared') throw new Error('--docker must be own or shared.');
const [seed, minutes] = [Number(options.seed), Number(options.minutes)];
const mix = { shares: restrictShares(evenShares, options.languages?.split(',')), hostile: Number(options.hostile) };
const line = createProgressLine();

line.show('starting a private Docker engine');
await using docker = options.docker === 'own' ? await startPrivateDocker(await listSandboxImages()) : undefined;
await using folder = await mkdtempDisposable(join(tmpdir(), 'hotcell-chaos-'));
const startedMs = performance.now();
const { tally, counts, leaks, residue, memory } = await runChaos({
  random: createRandom(seed),
  address: docker?.address,
  docker,
  mix,
  seed,
  folder: folder.path,
  faults: Number(options.faults),
  minutes,
  onProgress: (text) => line.show(text),
});
line.clear();
const seconds = (performance.now() - startedMs) / 1_000;
const shares = Object.entries(mix.shares).map(([language, share]) => `${language} ${share}`);
const load = `2 engines, 9 callers, shares ${shares.join(', ')}, hostile ${mix.hostile}, Docker engine ${options.docker}`;
const report = makeReport(tally, { load, seed, seconds, faults: counts, leaks, residue, memory });
process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report));
if (!report.held) process.exitCode = 1;
