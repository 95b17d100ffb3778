import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { converse } from '../../../../src/cells/conversation/conversation.ts';
import type { ToolCallHandler } from '../../../../src/cells/conversation/tool-call-relay.ts';
import { cellKinds } from '../../../../src/cells/protocol/frame-codec.ts';
import { encodeToolCall, parseToolCall, parseToolResult } from '../../../../src/cells/protocol/tool-messages.ts';
import { defaultLimits } from '../../../../src/contract/api/limits.ts';
import { engineKinds, type FarEnd, jobOf, openScriptedCell, verdictOf } from '../../../support/scripted-cell.ts';

const nothing = (): undefined => undefined;
const sinks = { stdout: nothing, stderr: nothing, display: nothing, progress: nothing, artifacts: nothing };
const echo: ToolCallHandler = { answer: async ({ input }) => ({ isOk: true, json: input }) };
const never: ToolCallHandler = { answer: () => new Promise(() => undefined) };
const callOf = (call: number, input = '1') => encodeToolCall({ call, name: 'echo', input });
/** Makes calls with the given numbers. */
const calling =
  (...numbers: number[]) =>
  ({ say }: FarEnd): void => {
    for (const number of numbers) say(cellKinds.toolCall, callOf(number));
  };
const answers = ({ heard }: FarEnd) =>
  heard.filter(([kind]) => kind === engineKinds.toolResult).map(([, text]) => text);

/** A cell that runs `say` once it has its inputs. */
const saying = (say: (far: FarEnd) => void): FarEnd =>
  openScriptedCell((kind, _, far) => {
    if (kind === engineKinds.inputs) say(far);
  });

describe('tool messages', () => {
  test('survive encoding', () => {
    const message = { call: 4_294_967_295, name: 'é'.repeat(127), input: '["\u2028",{}]' };
    expect(parseToolCall(encodeToolCall(message))).toEqual(message);
  });

  test.each([[], [0, 0, 0, 1], [0, 0, 0, 1, 3, 97, 98]])('%j is malformed', (...bytes) => {
    expect(parseToolCall(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe('the tool calls of a conversation', () => {
  test('get the answers of the handler', async () => {
    const far = openScriptedCell((kind, text, { say }) => {
      if (kind === engineKinds.inputs) say(cellKinds.toolCall, callOf(1, '{"a":1}'));
      if (kind === engineKinds.toolResult) {
        expect(parseToolResult(Buffer.from(text))).toEqual({ call: 1, isOk: true, json: '{"a":1}' });
        say(cellKinds.verdict, verdictOf());
      }
    });
    expect(await converse(far.cell, jobOf({}), sinks, { tools: echo })).toMatchObject({
      verdict: { end: 'completed' },
    });
  });

  test.each<[string, (far: FarEnd) => void]>([
    ['a number twice', calling(1, 1)],
    ['a number out of turn', calling(2, 1)],
    ['number 0', calling(0)],
    ['no call at all', ({ say }) => say(cellKinds.toolCall, 'x')],
    ['an answer, as if it were the engine', ({ say }) => say(engineKinds.toolResult, callOf(1))],
    ['an input above the limit', ({ say }) => say(cellKinds.toolCall, callOf(1, 'x'.repeat(1_048_576 + 300)))],
    ['65 calls', calling(...Array.from({ length: 65 }, (_, n) => n + 1))],
  ])('that the protocol does not have cost the cell its life: %s', async (_, say) => {
    expect(await converse(saying(say).cell, jobOf({}), sinks, { tools: never })).toMatchObject({
      end: { code: 'PROTOCOL_VIOLATION' },
    });
  });

  test('are a violation if the job has no tools', async () => {
    const far = saying(calling(1));
    expect(await converse(far.cell, jobOf({}), sinks)).toMatchObject({ end: { code: 'PROTOCOL_VIOLATION' } });
  });

  test('have their signal aborted with the verdict, and no answer is sent after it', async () => {
    let signal: AbortSignal | undefined;
    const late = Promise.withResolvers<void>();
    const handler: ToolCallHandler = {
      async answer(_call, over) {
        signal = over;
        await late.promise;
        return { isOk: true, json: '1' };
      },
    };
    const far = saying(({ say }) => {
      say(cellKinds.toolCall, callOf(1));
      say(cellKinds.verdict, verdictOf());
    });
    await converse(far.cell, jobOf({}), sinks, { tools: handler });
    expect(signal?.aborted).toBe(true);
    late.resolve();
    await sleep(5);
    expect(answers(far)).toEqual([]);
  });

  test('have their signal aborted as soon as the job is asked to stop', async () => {
    const aborted = Promise.withResolvers<string>();
    const handler: ToolCallHandler = {
      answer: (_call, over) =>
        new Promise((resolve) => {
          over.addEventListener('abort', () => {
            aborted.resolve('aborted');
            resolve({ isOk: true, json: '1' });
          });
        }),
    };
    const far = saying(calling(1));
    const end = converse(far.cell, jobOf({ limits: { ...defaultLimits, timeoutMs: 20 } }), sinks, { tools: handler });
    expect(await aborted.promise).toBe('aborted');
    expect(await end).toMatchObject({ stopped: 'timeout' });
    expect(answers(far)).toEqual([]);
  });

  test('are answered before the rest of stdin', async () => {
    const release = Promise.withResolvers<void>();
    const handler: ToolCallHandler = {
      async answer() {
        await release.promise;
        return { isOk: true, json: '1' };
      },
    };
    const kinds: number[] = [];
    const far = openScriptedCell((kind, text, { say }) => {
      kinds.push(kind);
      if (kind === engineKinds.stdin && text === '') say(cellKinds.verdict, verdictOf());
    });
    async function* stdin(): AsyncGenerator<string> {
      yield 'first';
      far.say(cellKinds.toolCall, callOf(1));
      await sleep(20);
      setTimeout(release.resolve, 20);
      yield 'second';
    }
    await converse(far.cell, jobOf({ stdin: stdin() }), sinks, { tools: handler });
    const { stdin: input, toolResult } = engineKinds;
    expect(kinds.slice(2)).toEqual([input, toolResult, input, input]);
  });
});
