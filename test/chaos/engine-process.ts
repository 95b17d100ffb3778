/**
 * A process that runs an engine under load until it gets the message to finish, or is killed. Started by
 * `engine-handle.ts`.
 */
import { createEngine } from 'hotcell';
import { settleLeaks, takeCensus, warmUpProcess } from './leak-census.ts';
import { type Outcome, runLoad } from './load.ts';
import { loadTools, type MixOptions } from './load-mix.ts';
import { measureMemory, memoryDrift } from './memory-drift.ts';
import { createRandom } from './random.ts';
import type { MemoryReport } from './report.ts';
import { startStallClock } from './stall-clock.ts';

/** The settings of the process, as JSON in its only argument. */
export interface EngineSettings {
  /** Part of all marks; lower-case letters and digits. */
  readonly name: string;
  /** Address of its Docker engine; default: the usual one. */
  readonly address?: string | undefined;
  readonly mix: MixOptions;
  readonly seed: number;
  readonly callers: number;
}

/** Messages of the process. */
export type EngineMessage =
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'orphans'; readonly count: number }
  | { readonly type: 'done'; readonly leaks: readonly string[]; readonly memory: MemoryReport };

const queueTimeoutMs = 30_000;
const sampleEveryMs = 1_000;
const patienceMs = 12_000;

const settings = JSON.parse(process.argv[2] ?? '') as EngineSettings;
const say = (message: EngineMessage): void => void process.send?.(message);

const finish = new AbortController();
process.once('message', () => finish.abort());
// The conductor has ended.
process.once('disconnect', () => finish.abort());

await warmUpProcess();
const before = takeCensus();
const samplesMb: number[] = [];
{
  using stalls = startStallClock();
  await using engine = createEngine({
    tools: loadTools,
    queue: { queueTimeoutMs },
    docker: { address: settings.address },
  });
  engine.events.subscribe((event) => {
    if (event.type === 'orphans.removed') say({ type: 'orphans', count: event.count });
  });
  const sampler = setInterval(() => samplesMb.push(measureMemory()), sampleEveryMs);
  const random = createRandom(settings.seed);
  const onOutcome = (outcome: Outcome): void => say({ type: 'outcome', outcome });
  const { name, mix, callers } = settings;
  await runLoad({ name, engine, mix, random, callers, queueTimeoutMs, stalls, onOutcome }, finish.signal);
  clearInterval(sampler);
}
const leaks = await settleLeaks(before, patienceMs);
const memory = { firstMb: samplesMb[0] ?? 0, lastMb: samplesMb.at(-1) ?? 0, drift: memoryDrift(samplesMb) };
say({ type: 'done', leaks, memory });
// Nothing else may keep this process alive: otherwise it is a leak, and the conductor notices it.
if (process.connected) process.disconnect();
