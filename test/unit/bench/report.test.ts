import { expect, test } from 'vitest';
import { compare } from '../../../bench/compare/ratio.ts';
import { fillMarkers } from '../../../bench/report/docs.ts';
import { type Plot, toSvg } from '../../../bench/report/svg.ts';
import { short } from '../../../bench/report/table.ts';

const plot: Plot = {
  title: 'cost & size',
  x: { label: 'size', scale: 'log' },
  y: { label: 'ms', scale: 'log' },
  series: [
    {
      name: '<hotcell>',
      isMain: true,
      points: [
        [1, 1],
        [100, 10],
      ],
    },
    {
      name: 'other',
      points: [
        [1, 100],
        [0, 5],
        [100, Number.NaN],
      ],
    },
    { name: 'nothing to show', points: [] },
  ],
};

test('a plot uses logarithmic axes, escapes names and leaves out points that have no logarithm', () => {
  const svg = toSvg(plot);
  // x runs from 70 to 560 and y from 380 up to 48 over the two decades of the points.
  expect(svg).toContain('class="main" d="M70 380 L560 214"');
  expect(svg).toContain('d="M70 48"');
  expect(svg).toContain('&lt;hotcell&gt;');
  expect(svg).toContain('cost &amp; size');
  expect(svg).not.toMatch(/NaN|Infinity|nothing to show/);
  expect(svg).toContain('prefers-color-scheme: dark');
  expect([...svg.matchAll(/<(svg|style)\b/g)]).toHaveLength(2);
});

test('a plot of equal values, and one without values, are valid', () => {
  const flat = { ...plot, series: [{ name: 'one', points: [[5, 5] as const] }] };
  expect(toSvg(flat)).not.toContain('NaN');
  expect(toSvg({ ...plot, series: [] })).not.toMatch(/NaN|Infinity/);
});

test('numbers keep three significant digits', () => {
  expect([0, 0.01234, 0.5, 1.234, 12.34, 123.4, 1234.5, Number.NaN].map(short)).toEqual([
    '0',
    '0.0123',
    '0.500',
    '1.23',
    '12.3',
    '123',
    '1235',
    '–',
  ]);
});

test('markers are filled, the text around them stays, and a section without a place is refused', () => {
  const page = 'before\n<!-- bench:goals -->\nold\n<!-- /bench:goals -->\nafter\n';
  const filled = 'before\n<!-- bench:goals -->\n$& new\n<!-- /bench:goals -->\nafter\n';
  expect(fillMarkers(page, { goals: '$& new' })).toBe(filled);
  expect(fillMarkers(filled, { goals: '$& new' })).toBe(filled);
  expect(() => fillMarkers(page, { plots: '' })).toThrow('no markers <!-- bench:plots -->');
});

test('two revisions differ if the interval of their ratio excludes 1 and the difference matters', () => {
  const base = [10, 11, 9, 10, 12, 10, 11, 10];
  const scaled = (factor: number): number[] => base.map((value, round) => value * (factor + (round % 2) * 0.01));
  expect(compare('a', scaled(1.2), base).verdict).toBe('slower');
  expect(compare('a', scaled(0.8), base).verdict).toBe('faster');
  expect(compare('a', scaled(1.005), base).verdict).toBe('no difference beyond the noise');
  expect(compare('a', base.toReversed(), base).verdict).toBe('no difference beyond the noise');
  expect(compare('a', [1, 2], [1, 2])).toEqual({
    scenario: 'a',
    ratio: 1,
    interval: undefined,
    verdict: 'too few rounds to say',
  });
});
