import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ascending, median, medianDeviation, medianInterval, quantile } from '../../../bench/statistics.ts';

const finite = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 });

test('quantiles are nearest ranks, and NaN without values', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0, 0.5, 0.95, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 95, 99, 100]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
  expect(median([])).toBeNaN();
});

test('a median is in the middle, and an outlier moves neither it nor the deviation', () => {
  expect(median([4, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([1, 2, 3, 4, 1_000_000])).toBe(3);
  expect(medianDeviation([1, 2, 3, 4, 1_000_000])).toBe(1);
  expect(medianDeviation([5])).toBe(0);
});

test('half of the values are on each side of the median', () => {
  fc.assert(
    fc.property(finite, (values) => {
      const middle = median(values);
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(ascending(values)).toHaveLength(values.length);
    }),
  );
});

test('the interval of the median has the ends and confidence of the sign test', () => {
  expect(medianInterval([1, 2, 3, 4, 5])).toBeUndefined();
  expect(medianInterval([6, 5, 4, 3, 2, 1])).toEqual({ low: 1, high: 6, confidence: 0.96875 });
  // 1 - 2 · (1 + 10) / 1024, from tables of the binomial distribution.
  expect(medianInterval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual({ low: 2, high: 9, confidence: 1 - 22 / 1024 });
});
