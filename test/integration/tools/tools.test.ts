import { createEngine, defineTool, HotcellError } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const add = defineTool({
  name: 'add',
  version: '1.2.3',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number().default(1) }),
  output: z.number(),
  language: 'javascript',
  code: 'export default ({ a, b }) => a + b',
});
const liar = defineTool({ ...add, name: 'liar', code: 'export default () => "seven"' });
const loop = defineTool({
  ...add,
  name: 'loop',
  code: 'export default () => { for (;;); }',
  limits: { timeoutMs: 200 },
});
const typed = defineTool({
  ...add,
  name: 'typed',
  language: 'typescript',
  code: 'export default ({ a, b }: { a: number; b: number }): number => a * b',
});

const python = defineTool({
  ...add,
  name: 'python',
  language: 'python',
  code: 'async def handler(inputs, context):\n  return inputs["a"] - inputs["b"]',
});
const bash = defineTool({ ...add, name: 'bash', language: 'bash', code: 'jq ".a * .a + .b"' });

const priced = defineTool({
  ...add,
  name: 'priced',
  code: 'export default async ({ a }) => a * (await tools.price({ of: "tea" }))',
  tools: { price: { description: 'A price.', input: z.object({ of: z.string() }), run: () => 450 } },
});

const engine = createEngine({ tools: [add, liar, loop, typed, python, bash, priced] });
afterAll(() => engine.close());

describe('tool calls', () => {
  test('a call by name runs the tool with its parsed arguments', async () => {
    const result = await engine.callTool({
      name: 'add',
      arguments: { a: 41 },
      id: 'call-7',
      tenant: 'acme',
      userId: 'ada',
    });
    expect(result).toMatchObject({
      status: 'success',
      value: 42,
      tenant: 'acme',
      tool: { name: 'add', version: '1.2.3', callId: 'call-7' },
    });
  });

  test('a tool may call host functions of its own', async () => {
    expect(await engine.callTool({ name: 'priced', arguments: { a: 2 } })).toMatchObject({
      status: 'success',
      value: 900,
      toolCalls: [{ tool: 'price' }],
    });
  });

  test.each([
    ['an unknown tool', { name: '__proto__' }, 'UNKNOWN_TOOL', /no tool "__proto__"/],
    [
      'bad arguments',
      { name: 'add', arguments: { a: 'one' } },
      'INVALID_ARGUMENTS',
      /a: expected number, received string/,
    ],
    ['a call with unknown keys', { name: 'add', argument: 1 }, 'INVALID_REQUEST', /argument/],
  ])('%s comes back as a result', async (_, call, code, message) => {
    const result = await engine.callTool(call);
    expect(result).toMatchObject({ status: 'validation_error', error: { code, ran: 'no' }, valueType: 'none' });
    expect(result.error?.message).toMatch(message);
  });

  test('an answer that breaks its schema has its own error code and keeps the answer', async () => {
    expect(await engine.callTool({ name: 'liar', arguments: { a: 1 } })).toMatchObject({
      status: 'error',
      value: 'seven',
      error: { code: 'INVALID_ANSWER', ran: 'yes', message: expect.stringContaining('"liar"') as string },
    });
  });

  test('many calls answer in order, each on its own', async () => {
    const results = await engine.callTools([
      { name: 'loop', arguments: { a: 1 } },
      { name: 'add', arguments: { a: 1, b: 2 } },
      { name: 'nobody' },
      { name: 'typed', arguments: { a: 6, b: 7 } },
      { name: 'python', arguments: { a: 6, b: 7 } },
      { name: 'bash', arguments: { a: 6, b: 7 } },
    ]);
    expect(results.map(({ status, value }) => [status, value])).toEqual([
      ['timeout', undefined],
      ['success', 3],
      ['validation_error', undefined],
      ['success', 42],
      ['success', -1],
      ['success', 43],
    ]);
  });

  test('a definition that is wrong, and two tools of one name, fail where they are made', () => {
    expect(() => defineTool({ ...add, name: 'no good' })).toThrow(HotcellError);
    expect(() => defineTool({ ...add, version: 'latest' })).toThrow(/version: must be a semantic version/);
    expect(() => createEngine({ tools: [add, add] })).toThrow(/same name/);
  });
});
