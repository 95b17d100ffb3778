import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ConversationEnd, converse } from '../../../../src/cells/conversation/conversation.ts';
import { sendJob } from '../../../../src/cells/conversation/send-job.ts';
import { cellKinds } from '../../../../src/cells/protocol/frame-codec.ts';
import { defaultLimits } from '../../../../src/contract/api/limits.ts';
import { engineKinds, jobOf, openScriptedCell, verdictOf } from '../../../support/scripted-cell.ts';

function collect() {
  const text = { stdout: '', stderr: '' };
  return {
    text,
    sinks: {
      stdout(chunk: Uint8Array): void {
        text.stdout += Buffer.from(chunk).toString();
      },
      stderr(chunk: Uint8Array): void {
        text.stderr += Buffer.from(chunk).toString();
      },
      display: () => undefined,
      progress: () => undefined,
      artifacts: () => undefined,
    },
  };
}

/** A cell that sends its verdict as soon as it has the inputs. */
const polite = () =>
  openScriptedCell((kind, _, far) => {
    if (kind !== engineKinds.inputs) return;
    far.say(cellKinds.stdout, 'hello ');
    far.say(cellKinds.stdout, 'there');
    far.say(cellKinds.value, '[1]');
    far.say(cellKinds.verdict, verdictOf({ value: 'json' }));
  });

describe('conversation', () => {
  afterEach(() => void vi.useRealTimers());

  test('sends the job, its secrets as environment, and the inputs; returns output, value and verdict', async () => {
    const { cell, heard } = polite();
    const { text, sinks } = collect();
    const end = await converse(cell, jobOf({ inputsJson: '{"a":1}', env: { A: '1' }, secrets: { B: '2' } }), sinks);
    expect(end).toMatchObject({ verdict: { end: 'completed', value: 'json' }, end: undefined, stopped: undefined });
    expect(Buffer.from(end.value ?? []).toString()).toBe('[1]');
    expect(text).toEqual({ stdout: 'hello there', stderr: '' });
    expect(heard.map(([kind]) => kind)).toEqual([engineKinds.job, engineKinds.inputs]);
    expect(JSON.parse(heard[0]?.[1] ?? '')).toMatchObject({ env: { A: '1', B: '2' }, files: false, stdin: false });
  });

  test('goes on with a cell that got its job with the lease, and with what it said since', async () => {
    const { cell, heard } = polite();
    const { text, sinks } = collect();
    const job = jobOf({ inputsJson: '{"a":1}', files: [{ path: 'a', content: Buffer.from('x') }] });
    await sendJob(cell, job);
    await new Promise(setImmediate);
    const end = await converse(Object.assign(cell, { start: () => Promise.resolve() }), job, sinks);
    expect(Buffer.from(end.value ?? []).toString()).toBe('[1]');
    expect(text).toEqual({ stdout: 'hello there', stderr: '' });
    const once = [engineKinds.job, engineKinds.inputs] as number[];
    expect(heard.map(([kind]) => kind).filter((kind) => once.includes(kind))).toEqual(once);
  });

  test('streams stdin from an iterable and releases it when the job is over', async () => {
    let returned = false;
    const stdin: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => {
        let count = 0;
        return {
          next: async () => {
            count += 1;
            // The third chunk never arrives.
            return count < 3 ? { done: false, value: `${count}` } : new Promise(() => undefined);
          },
          return: async () => {
            returned = true;
            return { done: true, value: undefined };
          },
        };
      },
    };
    const far = openScriptedCell((kind, text) => {
      if (kind === engineKinds.stdin && text === '2') far.say(cellKinds.verdict, verdictOf());
    });
    expect(await converse(far.cell, jobOf({ stdin }), collect().sinks)).toMatchObject({
      verdict: { end: 'completed' },
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(returned).toBe(true);
  });

  test('a failing stdin of the caller cancels the job and is reported', async () => {
    const far = openScriptedCell((kind) => {
      if (kind === engineKinds.cancel) far.say(cellKinds.verdict, verdictOf({ end: 'cancelled' }));
    });
    const { text, sinks } = collect();
    const stdin = (async function* () {
      yield 'a';
      throw new Error('disk gone');
    })();
    expect(await converse(far.cell, jobOf({ stdin }), sinks)).toMatchObject({ stopped: 'cancelled' });
    expect(text.stderr).toContain('disk gone');
  });

  test('an abort asks the cell to stop and keeps its verdict; a silent cell is given up', async () => {
    const abort = new AbortController();
    const far = openScriptedCell((kind) => {
      if (kind === engineKinds.inputs) abort.abort();
      if (kind === engineKinds.cancel)
        far.say(cellKinds.verdict, verdictOf({ end: 'cancelled', usage: { wallMs: 7, cpuMs: 5, peakMemoryBytes: 3 } }));
    });
    expect(await converse(far.cell, jobOf({ signal: abort.signal }), collect().sinks)).toMatchObject({
      stopped: 'cancelled',
      verdict: { usage: { wallMs: 7 } },
    });
    const silent = await converse(openScriptedCell().cell, jobOf({ signal: AbortSignal.abort() }), collect().sinks);
    expect(silent).toMatchObject({ stopped: 'cancelled', verdict: undefined });
  });

  test('a cell that says nothing is asked at timeoutMs + 200 ms and given up at timeoutMs + 500 ms', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const far = openScriptedCell();
    const ends: ConversationEnd[] = [];
    void converse(far.cell, jobOf({ limits: { ...defaultLimits, timeoutMs: 1_000 } }), collect().sinks).then((end) =>
      ends.push(end),
    );
    const lastHeard = async (afterMs: number) => {
      await vi.advanceTimersByTimeAsync(afterMs);
      // Messages pass through streams.
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
      return far.heard.at(-1)?.[0];
    };
    expect(await lastHeard(1_198)).toBe(engineKinds.inputs);
    expect(await lastHeard(2)).toBe(engineKinds.cancel);
    expect(far.heard.at(-1)).toEqual([engineKinds.cancel, '{"reason":"timeout"}']);
    await lastHeard(298);
    expect(ends).toEqual([]);
    await lastHeard(2);
    expect(ends).toMatchObject([{ stopped: 'timeout', verdict: undefined, end: undefined }]);
  });

  test('a stream of 8 times outputKb is a flood', async () => {
    const far = openScriptedCell((kind) => {
      if (kind === engineKinds.inputs) for (let i = 0; i < 9; i += 1) far.say(cellKinds.stderr, 'x'.repeat(1_024));
      if (kind === engineKinds.cancel) far.say(cellKinds.verdict, verdictOf({ end: 'output' }));
    });
    const end = await converse(far.cell, jobOf({ limits: { ...defaultLimits, outputKb: 1 } }), collect().sinks);
    expect(end).toMatchObject({ stopped: 'output', verdict: { end: 'output' } });
    expect(far.heard.at(-1)).toEqual([engineKinds.cancel, '{"reason":"output"}']);
  });

  test('a cell that hangs up ends the job as lost', async () => {
    const far = openScriptedCell((kind) => kind === engineKinds.inputs && far.hangUp());
    expect(await converse(far.cell, jobOf({}), collect().sinks)).toMatchObject({ end: { code: 'CELL_LOST' } });
  });

  test.each<[what: string, kind: number, payload: string | Uint8Array]>([
    ['a verdict that is no JSON', cellKinds.verdict, '{'],
    ['a verdict with unknown keys', cellKinds.verdict, verdictOf({ status: 'success' })],
    ['a verdict with an unknown end', cellKinds.verdict, verdictOf({ end: 'fine' })],
    [
      'a verdict with negative usage',
      cellKinds.verdict,
      verdictOf({ usage: { wallMs: -1, cpuMs: 0, peakMemoryBytes: 0 } }),
    ],
    ['a message of unknown kind', 99, ''],
    ['an engine’s message', engineKinds.job, '{}'],
    ['a value above its limit', cellKinds.value, 'x'.repeat(1_024 * 1_024 + 1)],
  ])('%s is a violation', async (_, kind, payload) => {
    const far = openScriptedCell((heard) => heard === engineKinds.inputs && far.say(kind, payload));
    expect(await converse(far.cell, jobOf({}), collect().sinks)).toMatchObject({ end: { code: 'PROTOCOL_VIOLATION' } });
  });

  test('messages after the verdict are ignored', async () => {
    const far = openScriptedCell((kind) => {
      if (kind !== engineKinds.inputs) return;
      far.say(cellKinds.verdict, verdictOf());
      far.say(cellKinds.stdout, 'late');
      far.say(cellKinds.verdict, verdictOf({ end: 'fault' }));
    });
    const { text, sinks } = collect();
    expect(await converse(far.cell, jobOf({}), sinks)).toMatchObject({ verdict: { end: 'completed' } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(text.stdout).toBe('');
  });
});
