import { expect, test } from 'vitest';
import { SessionCell } from '../../../../src/cells/conversation/session-cell.ts';
import { cellKinds, engineKinds } from '../../../../src/cells/protocol/frame-codec.ts';
import type { JobMessage } from '../../../../src/cells/protocol/messages.ts';
import { jobOf, openScriptedCell, verdictOf } from '../../../support/scripted-cell.ts';

/** Listens to a job's cell: resolves with the kind of the next message, or with the code of the cell's end. */
function next(cell: ReturnType<SessionCell['next']>): Promise<number | string> {
  return new Promise((resolve) => cell.listen({ frame: resolve, ended: ({ code }) => resolve(code) }));
}

test('jobs follow each other on one cell, and one that is over sends nothing more', async () => {
  const far = openScriptedCell();
  const kept = new SessionCell(far.cell);
  const first = kept.next();
  const heard = next(first);
  await first.start(jobOf({ code: 'one' }));
  far.say(cellKinds.verdict, verdictOf({ session: 'kept' }));
  expect(await heard).toBe(cellKinds.verdict);
  kept.keep();
  await first[Symbol.asyncDispose]();
  await first.start(jobOf({ code: 'late' }));
  await first.send(engineKinds.stdin, Buffer.from('late'));
  const second = kept.next();
  const answer = next(second);
  await second.start(jobOf({ code: 'two' }));
  far.say(cellKinds.stdout, 'out');
  expect(await answer).toBe(cellKinds.stdout);
  const { job, inputs } = engineKinds;
  await expect.poll(() => far.heard.map(([kind]) => kind)).toEqual([job, inputs, job, inputs]);
  const codes = far.heard.filter(([kind]) => kind === job).map(([, text]) => (JSON.parse(text) as JobMessage).code);
  expect(codes).toEqual(['one', 'two']);
  expect([kept.isGone, far.released()]).toEqual([false, false]);
});

test('a job that does not keep the cell disposes it', async () => {
  const far = openScriptedCell();
  const kept = new SessionCell(far.cell);
  await kept.next()[Symbol.asyncDispose]();
  expect([kept.isGone, far.released(), await kept.gone]).toEqual([true, true, undefined]);
});

test('a cell that ends during its job is still disposed', async () => {
  const far = openScriptedCell();
  const kept = new SessionCell(far.cell);
  const job = kept.next();
  const heard = next(job);
  far.hangUp();
  expect(await heard).toBe('CELL_LOST');
  await job[Symbol.asyncDispose]();
  expect([far.released(), (await kept.gone)?.code]).toEqual([true, 'CELL_LOST']);
});

test('a cell that ends between two jobs is gone, and can be disposed', async () => {
  const far = openScriptedCell();
  const kept = new SessionCell(far.cell);
  far.hangUp();
  expect((await kept.gone)?.code).toBe('CELL_LOST');
  await kept[Symbol.asyncDispose]();
  expect(far.released()).toBe(true);
});

test('a message of a cell between two jobs breaks the protocol', async () => {
  const far = openScriptedCell();
  const kept = new SessionCell(far.cell);
  far.say(cellKinds.stdout, 'nobody asked');
  expect((await kept.gone)?.code).toBe('PROTOCOL_VIOLATION');
  expect(far.released()).toBe(true);
});
