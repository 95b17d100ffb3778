import { type Interval, median, medianInterval } from '../statistics.ts';

/** How a figure of this revision stands to that of another, over rounds in which both ran side by side. */
export interface Comparison {
  readonly scenario: string;
  /** Median of the rounds' ratios, this one divided by the other: above 1 is slower. */
  readonly ratio: number;
  /** Where the true median of the ratios lies; absent with too few rounds to say. */
  readonly interval?: Interval | undefined;
  readonly verdict: 'slower' | 'faster' | 'no difference beyond the noise' | 'too few rounds to say';
}

/** Differences below this are nobody's concern, however sure they are. */
const smallestConcern = 0.02;

/** Compares the medians of two revisions, round by round: what slows the machine in a round slows both. */
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
