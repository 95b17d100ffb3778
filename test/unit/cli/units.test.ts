import { describe, expect, test } from 'vitest';
import { parseDuration, parseMemory } from '../../../src/cli/units.ts';

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['5s', 5_000],
    ['0.5s', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['5 S', 5_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['5', '5000', '', 'soon', '5 parsecs', '-5s', '5s6', 's', '1e3s', 'Infinity s', '٥s'])('not %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('sizes', () => {
  test.each([
    ['256m', 256],
    ['64MiB', 64],
    ['64 MB', 64],
    ['1g', 1_024],
    ['1.5GiB', 1_536],
  ])('%s', (text, mb) => {
    expect(parseMemory(text)).toBe(mb);
  });

  test.each(['64', '268435456', '64k', 'm', '', '64mm', '64ib', '-1m'])('not %j', (text) => {
    expect(parseMemory(text)).toBeUndefined();
  });
});
