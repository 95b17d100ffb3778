import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ConversationEnd } from '../../../../src/cells/conversation/conversation.ts';
import type { Verdict } from '../../../../src/cells/protocol/messages.ts';
import type { Backend } from '../../../../src/contract/spi/backend.ts';
import { FreshCells } from '../../../../src/dispatch/call/fresh-cells.ts';
import { KeptCell } from '../../../../src/dispatch/sessions/kept-cell.ts';
import { EventHub } from '../../../../src/support/event-hub.ts';
import { jobOf, openScriptedCell, verdictOf } from '../../../support/scripted-cell.ts';

/** A session's cell on a backend with one place. */
function keepCell() {
  const far = openScriptedCell();
  const backend = { name: 'isolate', languages: ['javascript'], slots: 1, leaseMs: 1_000 } as unknown as Backend;
  const cells = new FreshCells(backend, { queueLimit: 10, queueTimeoutMs: 10_000 }, new EventHub());
  const changes: boolean[] = [];
  const kept: KeptCell = new KeptCell(cells, far.cell, 10_000, () => changes.push(kept.isIdle));
  return { far, cells, kept, changes };
}
const endOf = (session: 'kept' | 'lost'): ConversationEnd => ({
  verdict: JSON.parse(verdictOf({ session })) as Verdict,
  end: undefined,
  stopped: undefined,
  refusal: undefined,
  value: undefined,
});
const job = jobOf({});

test('a job that waits for its turn takes no place at the backend', async () => {
  const { cells, kept, changes } = keepCell();
  const first = await kept.enter(job);
  const second = kept.enter(job);
  await nextTurn();
  expect(cells.queue.running).toBe(1);
  expect(cells.queue.waiting).toBe(0);
  first[Symbol.dispose]();
  const turn = await second;
  expect(cells.queue.running).toBe(1);
  turn[Symbol.dispose]();
  expect([cells.queue.running, kept.isIdle]).toEqual([0, true]);
  expect([changes[0], changes.at(-1)]).toEqual([false, true]);
});

test('a job that gets no place at the backend leaves its turn to the next', async () => {
  const { cells, kept } = keepCell();
  const other = await cells.enter(job);
  const abort = new AbortController();
  const entering = kept.enter(jobOf({ signal: abort.signal }));
  await nextTurn();
  abort.abort();
  await expect(entering).rejects.toMatchObject({ code: 'CANCELLED_BEFORE_START' });
  expect(kept.isIdle).toBe(true);
  other[Symbol.dispose]();
  (await kept.enter(job))[Symbol.dispose]();
});

test('the cell stays for the next job only if the verdict says so', async () => {
  for (const session of ['kept', 'lost'] as const) {
    const { far, kept } = keepCell();
    {
      using _turn = await kept.enter(job);
      await using _cell = kept.take();
      expect(kept.keep(endOf(session))).toBe(session === 'kept');
    }
    expect([kept.isOver, far.released()]).toEqual(session === 'kept' ? [false, false] : [true, true]);
  }
});

test('its end refuses the jobs that wait and those that come, and waits for the one that has the cell', async () => {
  const { far, kept } = keepCell();
  const turn = await kept.enter(job);
  const waiting = kept.enter(job);
  const ended = kept.end('it was closed');
  const refusal = { code: 'SESSION_ENDED', message: 'The session has ended because it was closed; open another one.' };
  await expect(waiting).rejects.toMatchObject(refusal);
  await expect(kept.enter(job)).rejects.toMatchObject(refusal);
  expect([kept.isOver, kept.keep(endOf('kept')), far.released()]).toEqual([true, false, false]);
  turn[Symbol.dispose]();
  await ended;
  expect(far.released()).toBe(true);
});
