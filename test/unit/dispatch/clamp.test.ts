import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultCeilings, defaultLimits, type Limits } from '../../../src/contract/limits.ts';
import { clampLimits } from '../../../src/dispatch/clamp.ts';

const names = Object.keys(defaultLimits) as (keyof Limits)[];
const some = fc.integer({ min: 16, max: 1_000_000 });
const limits = fc.record(Object.fromEntries(names.map((name) => [name, some])) as Record<keyof Limits, typeof some>);
const asked = fc.record(Object.fromEntries(names.map((name) => [name, some])) as Record<keyof Limits, typeof some>, {
  requiredKeys: [],
});

test('no limit ever exceeds its ceiling, and what lies below it is kept', () => {
  fc.assert(
    fc.property(asked, limits, (request, ceilings) => {
      const clamped = clampLimits(request, ceilings);
      for (const name of names) {
        expect(clamped[name]).toBeLessThanOrEqual(ceilings[name]);
        const wanted = request[name];
        if (wanted !== undefined) expect(clamped[name]).toBe(Math.min(wanted, ceilings[name]));
      }
    }),
  );
});

test('what is not asked for is the default; processor time follows wall time', () => {
  expect(clampLimits({}, defaultCeilings)).toEqual(defaultLimits);
  expect(clampLimits({ timeoutMs: 2_000 }, defaultCeilings)).toMatchObject({ timeoutMs: 2_000, cpuMs: 2_000 });
  expect(clampLimits({ timeoutMs: 10 ** 7 }, defaultCeilings)).toMatchObject({
    timeoutMs: defaultCeilings.timeoutMs,
    cpuMs: defaultCeilings.timeoutMs,
  });
});
