import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { ExecutionEvent } from '../../../../src/contract/api/events.ts';
import type { HostFunction } from '../../../../src/contract/api/host-function.ts';
import { defaultLimits, type Limits } from '../../../../src/contract/api/limits.ts';
import { HostFunctionCalls } from '../../../../src/dispatch/host-functions/host-function-calls.ts';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { jobOf } from '../../../support/scripted-cell.ts';

/** The handler of one job's tool calls, used as a conversation uses it. */
function open(tools: Record<string, Partial<HostFunction>>, limits: Partial<Limits> = {}) {
  const whole = Object.entries(tools).map(
    ([name, tool]) => [name, { description: name, input: z.any(), run: () => null, ...tool }] as const,
  );
  const job = jobOf({ tools: new Map(whole), limits: { ...defaultLimits, ...limits } });
  const events: ExecutionEvent[] = [];
  const over = new AbortController();
  const calls = new HostFunctionCalls(job, createRedactor({}, {}), (event) => events.push(event));
  let call = 0;
  const ask = (name: string, input: unknown = {}) => {
    call += 1;
    return calls.answer({ call, name, input: JSON.stringify(input) }, over.signal);
  };
  return { calls, events, over, ask };
}

describe('the calls of a job', () => {
  afterEach(() => void vi.useRealTimers());

  test('only the parsed input reaches the tool', async () => {
    const seen: unknown[] = [];
    const { ask } = open({
      take: { input: z.object({ a: z.number().default(7) }), run: (input) => void seen.push(input) },
    });
    expect(await ask('take', { b: 1 })).toEqual({ isOk: true, json: 'null' });
    expect(await ask('take', 'text')).toMatchObject({ isOk: false, code: 'INVALID_ARGUMENTS' });
    expect(seen).toEqual([{ a: 7 }]);
  });

  test.each(['__proto__', 'toString', 'constructor', '', 'take\0'])(
    '%j is not a tool unless the request has it',
    async (name) => {
      const { ask, calls } = open({ take: {} });
      expect(await ask(name)).toMatchObject({ isOk: false, code: 'UNKNOWN_TOOL' });
      expect(calls.finish().toolCalls).toMatchObject([{ tool: name, error: 'UNKNOWN_TOOL' }]);
    },
  );

  test('concurrent calls cannot share the last of maxCalls, however long approval takes', async () => {
    let runs = 0;
    const once = { maxCalls: 3, approve: () => sleep(10, true), run: () => (runs += 1) };
    const { ask } = open({ once });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('once')));
    expect(answers.filter(({ isOk }) => isOk)).toHaveLength(3);
    expect(runs).toBe(3);
  });

  test('a refused input does not count for maxCalls', async () => {
    const { ask } = open({ once: { maxCalls: 1, input: z.number() } });
    expect(await ask('once', 'one')).toMatchObject({ code: 'INVALID_ARGUMENTS' });
    expect(await ask('once', 1)).toMatchObject({ isOk: true });
  });

  test.each([false, undefined, 'no', 1, {}, 'true'])('approve answers %j: the tool does not run', async (answer) => {
    let runs = 0;
    const { ask } = open({ guarded: { approve: () => answer as boolean, run: () => (runs += 1) } });
    expect(await ask('guarded')).toMatchObject({ isOk: false, code: 'PERMISSION_DENIED' });
    expect(runs).toBe(0);
  });

  test('an approval after the end of the job starts nothing', async () => {
    let runs = 0;
    const approval = Promise.withResolvers<boolean>();
    const { ask, over } = open({ guarded: { approve: () => approval.promise, run: () => (runs += 1) } });
    const answer = ask('guarded');
    await sleep(1);
    over.abort();
    approval.resolve(true);
    expect(await answer).toMatchObject({ code: 'CANCELLED' });
    await sleep(1);
    expect(runs).toBe(0);
  });

  test('the end of the job aborts running calls, and the record shows it', async () => {
    const signals: AbortSignal[] = [];
    const { ask, over, calls, events } = open({
      hang: {
        run(_input, { signal }) {
          signals.push(signal);
          return new Promise(() => undefined);
        },
      },
    });
    void ask('hang');
    await sleep(5);
    over.abort();
    const { toolCalls, count, hostMs } = calls.finish();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect([toolCalls, count]).toMatchObject([[{ tool: 'hang', error: 'CANCELLED' }], 1]);
    expect(hostMs).toBeGreaterThan(3);
    await sleep(1);
    expect(events.map(({ type }) => type)).toEqual(['tool-started', 'tool-finished']);
  });

  test('time at the host is counted once for concurrent calls', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const nap = () => new Promise((resolve) => setTimeout(resolve, 200, null));
    const { ask, calls } = open({ nap: { run: nap } });
    const together = Promise.all([ask('nap'), ask('nap'), ask('nap')]);
    await vi.advanceTimersByTimeAsync(200);
    await together;
    const alone = ask('nap');
    await vi.advanceTimersByTimeAsync(200);
    await alone;
    expect(calls.finish().hostMs).toBe(400);
  });

  test('beyond limits.toolCalls nothing runs, and refusals are slowed down', async () => {
    let runs = 0;
    const { ask, calls, events } = open({ count: { run: () => (runs += 1) } }, { toolCalls: 2 });
    await ask('count');
    await ask('nothing');
    const startMs = performance.now();
    expect(await ask('count')).toMatchObject({ isOk: false, code: 'CALL_LIMIT' });
    expect(performance.now() - startMs).toBeGreaterThan(90);
    expect(runs).toBe(1);
    expect(calls.finish()).toMatchObject({ count: 3, toolCalls: [{}, {}] });
    expect(events).toHaveLength(4);
  });

  test('inputs that exceed the flood limit in total are no longer read', async () => {
    const { ask } = open({ take: {} }, { outputKb: 1 });
    const text = 'x'.repeat(3_000);
    expect([await ask('take', text), await ask('take', text)]).toMatchObject([{ isOk: true }, { isOk: true }]);
    expect(await ask('take', text)).toMatchObject({ isOk: false, code: 'CALL_LIMIT' });
  });

  test('the number of records in a result is limited, their count is not', async () => {
    const { ask, calls } = open({ take: {} }, { toolCalls: 2_000 });
    for (let n = 0; n < 1_200; n += 1) await ask('take');
    const { toolCalls, count } = calls.finish();
    expect([toolCalls.length, count]).toEqual([1_000, 1_200]);
  });

  test("only the message of a tool's error arrives, with limited length", async () => {
    const thrown: unknown[] = [new TypeError('x'.repeat(10_000)), 'text', undefined, { secret: 1 }];
    const { ask } = open({
      throws: {
        run() {
          throw thrown.shift();
        },
      },
    });
    const answers = [await ask('throws'), await ask('throws'), await ask('throws'), await ask('throws')];
    const messages = answers.map((answer) => (answer.isOk ? '' : answer.message));
    expect(messages).toEqual(['x'.repeat(4_096), 'text', 'undefined', '[object Object]']);
  });
});
