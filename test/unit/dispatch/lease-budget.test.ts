import { expect, test } from 'vitest';
import { createIsolateBackend } from '../../../src/backends/isolate/backend.ts';
import { createWasmBackend } from '../../../src/backends/wasm/backend.ts';
import { defaultLimits } from '../../../src/contract/api/limits.ts';
import { leaseBudgetMs } from '../../../src/dispatch/lease-budget.ts';

test('a cell has the time of its job to come, and more where it takes long to make', () => {
  const budgetMs = (timeoutMs: number): number[] =>
    [createIsolateBackend(), createWasmBackend()].map((backend) =>
      leaseBudgetMs({ limits: { ...defaultLimits, timeoutMs } }, backend),
    );
  expect(budgetMs(100)).toEqual([31_000, 60_000]);
  expect(budgetMs(20_000)).toEqual([31_000, 60_000]);
  expect(budgetMs(60_000)).toEqual([60_500, 60_500]);
});
