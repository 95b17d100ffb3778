import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsFor, shareOut } from '../../../../src/cells/pool/pool-plan.ts';

const demand = fc.record({
  rate: fc.double({ min: 0, max: 1_000, noNaN: true }),
  makeMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
  floor: fc.integer({ min: 0, max: 20 }),
  memoryMb: fc.integer({ min: 1, max: 64 }),
});
const bounds = fc.record({
  ceiling: fc.integer({ min: 0, max: 50 }),
  memoryBudgetMb: fc.integer({ min: 0, max: 500 }),
});

test.each([
  [{ rate: 0, makeMs: 200, floor: 0 }, 0],
  [{ rate: 0, makeMs: 200, floor: 3 }, 3],
  [{ rate: 0.1, makeMs: 200, floor: 0 }, 1],
  [{ rate: 1, makeMs: 250, floor: 0 }, 2],
  [{ rate: 10, makeMs: 250, floor: 0 }, 6],
  [{ rate: 100, makeMs: 1, floor: 0 }, 1],
])('%j asks for %i waiting cells', (asked, cells) => {
  expect(cellsFor(asked)).toBe(cells);
});

test('about 2 calls in 100 find no cell if calls arrive independently', () => {
  // Poisson arrivals during the making of one cell, in a pool of the planned size.
  for (const rate of [2, 10, 40]) {
    const mean = rate * 0.25;
    const cells = cellsFor({ rate, makeMs: 250, floor: 0 });
    let probability = Math.exp(-mean);
    let within = probability;
    for (let arrivals = 1; arrivals <= cells; arrivals++) {
      probability *= mean / arrivals;
      within += probability;
    }
    expect(1 - within).toBeLessThan(0.03);
  }
});

test('the bounds hold for any demand, and no profile gets more than its demand', () => {
  fc.assert(
    fc.property(fc.array(demand, { maxLength: 12 }), bounds, (demands, limits) => {
      const shares = shareOut(demands, limits);
      expect(shares).toHaveLength(demands.length);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(limits.ceiling);
      const memoryMb = shares.reduce((sum, share, index) => sum + share * (demands[index]?.memoryMb ?? 0), 0);
      expect(memoryMb).toBeLessThanOrEqual(limits.memoryBudgetMb);
      for (const [index, asked] of demands.entries()) expect(shares[index]).toBeLessThanOrEqual(cellsFor(asked));
    }),
  );
});

test('floors come first, then all profiles take turns', () => {
  const busy = { rate: 100, makeMs: 250, floor: 0, memoryMb: 10 };
  const quiet = { rate: 0.1, makeMs: 250, floor: 0, memoryMb: 10 };
  const kept = { rate: 0, makeMs: 250, floor: 2, memoryMb: 10 };
  expect(shareOut([busy, quiet, kept], { ceiling: 6, memoryBudgetMb: 1_000 })).toEqual([3, 1, 2]);
  expect(shareOut([busy, quiet, kept], { ceiling: 100, memoryBudgetMb: 45 })).toEqual([1, 1, 2]);
});
