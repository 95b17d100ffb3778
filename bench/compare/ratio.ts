import { type Interval, median, medianInterval } from '../statistics.ts';

/** The figures of this revision relative to those of another, over rounds in which both ran side by side. */
export interface Comparison {
  readonly scenario: string;
  /** Median of the rounds' ratios, this one divided by the other: above 1 is slower. */
  readonly ratio: number;
  /** Confidence interval of the true median of the ratios; absent if there are too few rounds. */
  readonly interval?: Interval | undefined;
  readonly verdict: 'slower' | 'faster' | 'no difference beyond the noise' | 'too few rounds to say';
}

/** Smaller differences do not matter, however certain they are. */
const smallestConcern = 0.02;

/** Compares the medians of two revisions, round by round: a slow machine slows both. */
export function compare(scenario: string, here: readonly number[], there: readonly number[]): Comparison {
  const ratios = here.map((value, round) => value / (there[round] ?? Number.NaN)).filter(Number.isFinite);
  const ratio = median(ratios);
  const interval = medianInterval(ratios);
  if (interval === undefined) return { scenario, ratio, verdict: 'too few rounds to say' };
  const isSlower = interval.low > 1 && ratio > 1 + smallestConcern;
  const isFaster = interval.high < 1 && ratio < 1 - smallestConcern;
  const verdict = isSlower ? 'slower' : isFaster ? 'faster' : 'no difference beyond the noise';
  return { scenario, ratio, interval, verdict };
}
