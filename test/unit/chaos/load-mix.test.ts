import { expect, test } from 'vitest';
import { markPattern } from '../../chaos/guest.ts';
import { hostileGuests } from '../../chaos/hostile-guests.ts';
import { evenShares, planCall, quickShares, restrictShares } from '../../chaos/load-mix.ts';
import { ordinaryGuests } from '../../chaos/ordinary-guests.ts';
import { createRandom } from '../../chaos/random.ts';

const plan = (seed: number, count: number, mix = { shares: quickShares, hostile: 0.1 }) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, n) => planCall('t', n, mix, random));
};

test('a seed repeats its calls, another has others', () => {
  expect(plan(1, 50)).toEqual(plan(1, 50));
  expect(plan(2, 50)).not.toEqual(plan(1, 50));
});

test('shares are kept, of languages and of hostile calls', () => {
  const calls = plan(3, 10_000);
  const share = (test: (call: (typeof calls)[number]) => boolean): number => calls.filter(test).length / calls.length;
  expect(share(({ guest }) => guest.hostile)).toBeCloseTo(0.1, 1);
  expect(share(({ guest }) => ['javascript', 'typescript'].includes(guest.language))).toBeCloseTo(0.85, 1);
});

test('every guest gets its turn, and each call has a different mark', () => {
  const calls = plan(4, 5_000, { shares: evenShares, hostile: 0.5 });
  expect(new Set(calls.map(({ guest }) => guest))).toEqual(new Set([...ordinaryGuests, ...hostileGuests]));
  expect(new Set(calls.map(({ mark }) => mark)).size).toBe(calls.length);
  for (const { mark } of calls) expect(mark.match(markPattern)).toEqual([mark]);
});

test('hostile tenants have only hostile neighbours', () => {
  const calls = plan(5, 2_000);
  const tenantsOf = (hostile: boolean): Set<string> =>
    new Set(calls.filter(({ guest }) => guest.hostile === hostile).map(({ tenant }) => tenant));
  expect([...tenantsOf(true)].filter((tenant) => tenantsOf(false).has(tenant))).toEqual([]);
});

test('languages can be chosen, those that do not exist cannot', () => {
  const shares = restrictShares(quickShares, ['bash']);
  expect(Object.keys(shares)).toEqual(['bash']);
  expect(plan(6, 50, { shares, hostile: 0.1 }).every(({ guest }) => guest.language === 'bash')).toBe(true);
  expect(() => restrictShares(quickShares, ['cobol'])).toThrow('There is no language "cobol".');
});
