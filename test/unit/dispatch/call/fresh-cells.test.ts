import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDockerBackend } from '../../../../src/backends/docker/backend.ts';
import { createIsolateBackend } from '../../../../src/backends/isolate/backend.ts';
import { createWasmBackend } from '../../../../src/backends/wasm/backend.ts';
import { defaultLimits } from '../../../../src/contract/api/limits.ts';
import type { Backend, Cell } from '../../../../src/contract/spi/backend.ts';
import { FreshCells, leaseBudgetMs } from '../../../../src/dispatch/call/fresh-cells.ts';
import { EventHub } from '../../../../src/support/event-hub.ts';
import { jobOf, openScriptedCell } from '../../../support/scripted-cell.ts';

test('a cell has the time of its job to come, and more where it takes long to make', async () => {
  const backends = [createDockerBackend(), createIsolateBackend(), createWasmBackend()];
  const budgetsMs = (timeoutMs: number): number[] =>
    backends.map((backend) => leaseBudgetMs({ limits: { ...defaultLimits, timeoutMs } }, backend));
  expect(budgetsMs(100)).toEqual([10_000, 31_000, 60_000]);
  expect(budgetsMs(20_000)).toEqual([20_500, 31_000, 60_000]);
  expect(budgetsMs(60_000)).toEqual([60_500, 60_500, 60_500]);
  await Promise.all(backends.map((backend) => backend.close()));
});

/** The cells of a backend that leases as a test says. */
function cellsOf(lease: (signal: AbortSignal) => Cell | Promise<Cell>, leaseMs: number = 10_000): FreshCells {
  const backend = { name: 'isolate', languages: ['javascript'], slots: 1, leaseMs } as const;
  const leasing: Pick<Backend, 'lease'> = { lease: (_job, signal) => lease(signal) };
  return new FreshCells(
    { ...backend, ...leasing } as unknown as Backend,
    { queueLimit: 1, queueTimeoutMs: 1_000 },
    new EventHub(),
  );
}
const shortJob = jobOf({ limits: { ...defaultLimits, timeoutMs: 1 } });

const countTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('a cell that is ready is there at once, and one that is made comes later', async () => {
  const { cell } = openScriptedCell();
  const timers = countTimers();
  expect(cellsOf(() => cell).take(shortJob)).toBe(cell);
  expect(countTimers()).toBe(timers);
  const later = cellsOf(() => sleep(1, cell)).take(shortJob);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe(cell);
});

test('a cell that comes too late is disposed, and the call says that there was none', async () => {
  const far = openScriptedCell();
  const lease = Promise.withResolvers<Cell>();
  const taken = cellsOf(() => lease.promise, 1).take(shortJob);
  await expect(taken).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryAfterMs: 1_000 });
  expect(far.released()).toBe(false);
  lease.resolve(far.cell);
  await expect.poll(() => far.released()).toBe(true);
});

test('a job that is cancelled waits for its cell no longer', async () => {
  const abort = new AbortController();
  const signals: AbortSignal[] = [];
  const cells = cellsOf((signal) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  const taken = cells.take(jobOf({ signal: abort.signal }));
  abort.abort(new Error('enough'));
  await expect(taken).rejects.toMatchObject({ code: 'CANCELLED_BEFORE_START', ran: 'no' });
  expect(signals[0]?.aborted).toBe(true);
});

test('what a backend throws at once reaches the call, and leaves no clock behind', () => {
  const refused = new Error('no room');
  const signals: AbortSignal[] = [];
  const cells = cellsOf((signal) => {
    signals.push(signal);
    throw refused;
  });
  const timers = countTimers();
  expect(() => cells.take(shortJob)).toThrow(refused);
  expect(countTimers()).toBe(timers);
});
