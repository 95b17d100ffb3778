import type { Driven } from './drive.ts';
import { ascending, mean, median, medianDeviation, quantile } from './statistics.ts';

/** One contestant in one scenario, over all rounds. Times are in milliseconds and from correct calls only. */
export interface Row {
  readonly scenario: string;
  readonly contestant: string;
  readonly calls: number;
  readonly failures: number;
  readonly firstFailure?: string | undefined;
  /** Why there are no figures. */
  readonly leftOut?: string | undefined;
  readonly figures?: Figures | undefined;
}

/** The numbers of a row; NaN (in JSON: null) if there is none. */
export interface Figures {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly meanMs: number;
  /** Median absolute deviation of the rounds' medians. NaN with one round. */
  readonly spreadMs: number;
  /** p50 without the time spent waiting for a place. */
  readonly p50WithoutQueueMs: number;
  readonly perSecond: number;
  /** Processor time per call of the process that holds the engine or the in-process peer. */
  readonly cpuMsPerCall: number;
  /** Memory of a waiting cell. */
  readonly memoryMb: number;
  /** Latency at each whole percent from 0 to 100. */
  readonly percentilesMs: readonly number[];
}

/** Figures that can be compared. */
export type Metric = Exclude<keyof Figures, 'percentilesMs'>;

/** Combines the rounds of one contestant in one scenario. */
export function summarise(scenario: string, contestant: string, rounds: readonly Driven[]): Row {
  const times = ascending(rounds.flatMap(({ timesMs }) => timesMs));
  const sum = (value: (round: Driven) => number): number => rounds.reduce((total, round) => total + value(round), 0);
  const failures = sum((round) => round.failures);
  const firstFailure = rounds.find((round) => round.firstFailure !== undefined)?.firstFailure;
  const row = { scenario, contestant, calls: times.length, failures, firstFailure };
  if (times.length === 0) return row;
  const medians = rounds.filter(({ timesMs }) => timesMs.length > 0).map(({ timesMs }) => median(timesMs));
  const running = rounds.flatMap(({ timesMs, queuedMs }) => timesMs.map((time, call) => time - (queuedMs[call] ?? 0)));
  return {
    ...row,
    figures: {
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
      p99Ms: quantile(times, 0.99),
      meanMs: mean(times),
      spreadMs: medians.length > 1 ? medianDeviation(medians) : Number.NaN,
      p50WithoutQueueMs: median(running),
      perSecond: (1_000 * times.length) / sum(({ wallMs }) => wallMs),
      cpuMsPerCall: sum(({ cpuMs }) => cpuMs) / (times.length + failures),
      memoryMb: Number.NaN,
      percentilesMs: Array.from({ length: 101 }, (_, percent) => rounded(quantile(times, percent / 100))),
    },
  };
}

/** A row with only the memory of a waiting cell. */
export function memoryRow(scenario: string, contestant: string, memoryMb: number): Row {
  const none = Number.NaN;
  const times = { p50Ms: none, p95Ms: none, p99Ms: none, meanMs: none, spreadMs: none, p50WithoutQueueMs: none };
  const figures = { ...times, perSecond: none, cpuMsPerCall: none, memoryMb, percentilesMs: [] };
  return { scenario, contestant, calls: 1, failures: 0, figures };
}

/** Microseconds are precise enough. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
