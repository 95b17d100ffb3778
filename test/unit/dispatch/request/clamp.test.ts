import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultCeilings, defaultLimits, type Limits } from '../../../../src/contract/api/limits.ts';
import {
  defaultNetworkCeilings,
  defaultNetworkLimits,
  type NetworkLimits,
} from '../../../../src/contract/api/network-limits.ts';
import { clampLimits, clampNetwork } from '../../../../src/dispatch/request/clamp.ts';

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

test('missing limits get the defaults; processor time follows wall time', () => {
  expect(clampLimits({}, defaultCeilings)).toEqual(defaultLimits);
  expect(clampLimits({ timeoutMs: 2_000 }, defaultCeilings)).toMatchObject({ timeoutMs: 2_000, cpuMs: 2_000 });
  expect(clampLimits({ timeoutMs: 10 ** 7 }, defaultCeilings)).toMatchObject({
    timeoutMs: defaultCeilings.timeoutMs,
    cpuMs: defaultCeilings.timeoutMs,
  });
});

const networkNames = Object.keys(defaultNetworkLimits) as (keyof NetworkLimits)[];
const networkLimits = fc.record(
  Object.fromEntries(networkNames.map((name) => [name, some])) as Record<keyof NetworkLimits, typeof some>,
);

test('no network exceeds its ceilings, and what lies below them is kept', () => {
  fc.assert(
    fc.property(networkLimits, networkLimits, (wanted, ceilings) => {
      const clamped = clampNetwork({ allow: ['*:443'], limits: wanted }, ceilings);
      for (const name of networkNames) expect(clamped?.limits[name]).toBe(Math.min(wanted[name], ceilings[name]));
    }),
  );
  expect(clampNetwork({ allow: ['a.example'] }, defaultNetworkCeilings)).toEqual({
    allow: ['a.example'],
    inject: [],
    limits: defaultNetworkLimits,
  });
});

test('a policy that allows nothing means no network', () => {
  expect(clampNetwork('none', defaultNetworkCeilings)).toBeUndefined();
  expect(clampNetwork({ allow: [] }, defaultNetworkCeilings)).toBeUndefined();
});
