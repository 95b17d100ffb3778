import { afterEach, describe, expect, test, vi } from 'vitest';
import { artifactWindowBytes } from '../../../../src/cells/conversation/artifact-relay.ts';
import { converse, type OutputSinks } from '../../../../src/cells/conversation/conversation.ts';
import { cellKinds } from '../../../../src/cells/protocol/frame-codec.ts';
import { defaultLimits } from '../../../../src/contract/api/limits.ts';
import { engineKinds, type FarEnd, jobOf, openScriptedCell, verdictOf } from '../../../support/scripted-cell.ts';

const chunkBytes = 65_536;
const perWindow = artifactWindowBytes / chunkBytes;

/** A cell that respects the window: sends `count` chunks, then its verdict. */
function sender(count: number): FarEnd & { readonly sent: () => number } {
  let sent = 0;
  let taken = 0;
  const far = openScriptedCell((kind, text) => {
    if (kind === engineKinds.inputs || kind === engineKinds.artifactsTaken) {
      if (kind === engineKinds.artifactsTaken) taken = Number(text);
      while (sent < count && sent * chunkBytes - taken < artifactWindowBytes) {
        sent += 1;
        far.say(cellKinds.artifacts, Buffer.alloc(chunkBytes, sent));
        if (sent === count) far.say(cellKinds.verdict, verdictOf());
      }
    }
    if (kind === engineKinds.cancel) far.say(cellKinds.verdict, verdictOf({ end: 'cancelled' }));
  });
  return Object.assign(far, { sent: () => sent });
}

/** A reader that takes a chunk whenever `gate` resolves. */
function reader(gate: () => Promise<void>): {
  readonly sinks: OutputSinks;
  readonly read: Uint8Array[];
  ended: boolean;
} {
  const state = {
    read: [] as Uint8Array[],
    ended: false,
    sinks: {
      stdout: () => undefined,
      stderr: () => undefined,
      display: () => undefined,
      progress: () => undefined,
      artifacts: (chunks: AsyncIterable<Uint8Array>) => void readAll(chunks),
    },
  };
  const readAll = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      state.read.push(chunk);
      await gate();
    }
    state.ended = true;
  };
  return state;
}

/** Waits until data in streams has arrived. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
}

describe('artifacts on their way', () => {
  afterEach(() => void vi.useRealTimers());

  test('arrive complete and in order, and short ones need no message', async () => {
    const far = sender(3);
    const state = reader(async () => undefined);
    expect(await converse(far.cell, jobOf({}), state.sinks)).toMatchObject({ verdict: { end: 'completed' } });
    await expect.poll(() => state.ended).toBe(true);
    expect(state.read.map((chunk) => chunk[0])).toEqual([1, 2, 3]);
    expect(far.heard.map(([kind]) => kind)).not.toContain(engineKinds.artifactsTaken);
  });

  test('wait for a slow reader, with the clock of the job paused', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const far = sender(5 * perWindow);
    const gate = Promise.withResolvers<void>();
    const state = reader(() => gate.promise);
    const limits = { ...defaultLimits, timeoutMs: 50 };
    const end = converse(far.cell, jobOf({ limits }), state.sinks);
    await settled();
    await vi.advanceTimersByTimeAsync(60_000);
    await settled();
    expect([far.sent(), state.read.length]).toEqual([perWindow, 1]);
    gate.resolve();
    expect(await end).toMatchObject({ verdict: { end: 'completed' }, stopped: undefined });
    await settled();
    expect(state.read.length).toBe(5 * perWindow);
    expect(far.heard.map(([kind]) => kind)).not.toContain(engineKinds.cancel);
  });

  test('can be cancelled while they wait, and their reader ends', async () => {
    const abort = new AbortController();
    const far = sender(5 * perWindow);
    const gate = Promise.withResolvers<void>();
    const state = reader(() => gate.promise);
    const end = converse(far.cell, jobOf({ signal: abort.signal }), state.sinks);
    await expect.poll(() => far.sent()).toBe(perWindow);
    abort.abort();
    expect(await end).toMatchObject({ stopped: 'cancelled', verdict: { end: 'cancelled' } });
    gate.resolve();
    await expect.poll(() => state.ended).toBe(true);
  });

  test('a cell that stops in the middle of them is given up', async () => {
    const far = openScriptedCell((kind) => {
      if (kind === engineKinds.inputs) far.say(cellKinds.artifacts, Buffer.alloc(chunkBytes));
    });
    const limits = { ...defaultLimits, timeoutMs: 100 };
    const end = await converse(far.cell, jobOf({ limits }), reader(async () => undefined).sinks);
    expect(end).toMatchObject({ verdict: undefined, stopped: 'timeout' });
  });

  test.each([
    ['more than its window', defaultLimits, 'than its window allows'],
    ['more than its disk', { ...defaultLimits, diskMb: 1 }, 'than its disk can hold'],
  ])('a cell that sends %s breaks the protocol', async (_, limits, reason) => {
    const far = openScriptedCell((kind) => {
      if (kind !== engineKinds.inputs && kind !== engineKinds.artifactsTaken) return;
      for (let i = 0; i < 2 * perWindow; i += 1) far.say(cellKinds.artifacts, Buffer.alloc(chunkBytes));
    });
    const isGreedy = limits === defaultLimits;
    const state = reader(() => (isGreedy ? new Promise(() => undefined) : Promise.resolve()));
    const far2 = isGreedy ? far : sender(100 * perWindow);
    const end = await converse(far2.cell, jobOf({ limits }), state.sinks);
    expect(end.end).toMatchObject({ code: 'PROTOCOL_VIOLATION', message: expect.stringContaining(reason) as string });
  });
});
