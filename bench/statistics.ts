/** The smallest of the sorted `times` that is at least as large as a `share` of them (nearest rank). */
export function quantile(times: readonly number[], share: number): number {
  const rank = Math.ceil(times.length * share) - 1;
  return times[Math.min(times.length - 1, Math.max(0, rank))] ?? Number.NaN;
}

/** Sorted copy, ascending. */
export function ascending(values: readonly number[]): number[] {
  return values.toSorted((one, other) => one - other);
}

/** The middle value; for an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length / 2;
  const [below, above] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return below === undefined || above === undefined ? Number.NaN : (below + above) / 2;
}

/** Median absolute deviation: the median distance of the values from their median. */
export function medianDeviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** An interval, ends included, and the share of cases in which it contains the true median. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/**
 * The narrowest pair of order statistics that contains the true median in at least `confidence` of cases, for any
 * distribution (the interval of the sign test). `undefined` if there are too few values: below 6 for 0.95.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): Interval | undefined {
  const sorted = ascending(values);
  const count = sorted.length;
  let found: Interval | undefined;
  let tail = 0;
  // The probability that the median is outside the k-th smallest and largest value is 2 · P(Binomial(count, ½) < k).
  for (let k = 1, ways = 1; k <= count / 2; k += 1) {
    tail += ways / 2 ** count;
    ways = (ways * (count - k + 1)) / k;
    if (1 - 2 * tail < confidence) break;
    found = { low: sorted[k - 1] as number, high: sorted[count - k] as number, confidence: 1 - 2 * tail };
  }
  return found;
}
