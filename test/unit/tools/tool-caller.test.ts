import { defineTool, type ExecutionContext, type ExecutionRequest, type ExecutionResult } from 'hotcell';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defaultLimits } from '../../../src/contract/api/limits.ts';
import { EventHub } from '../../../src/support/event-hub.ts';
import { ToolCaller } from '../../../src/tools/tool-caller.ts';

const echo = { name: 'echo', description: 'Echoes.', language: 'javascript', code: 'export default (x) => x' } as const;

/** Calls a tool whose code answers with its arguments; `seen` has what the executor got. */
async function call(parts: { input?: z.ZodType; output?: z.ZodType }, given: object = {}) {
  const seen: { request: ExecutionRequest; context: ExecutionContext }[] = [];
  const caller = new ToolCaller([defineTool({ ...echo, input: z.any(), ...parts })], {
    executor: {
      execute(request, context) {
        seen.push({ request, context });
        const { inputs: value } = request;
        return Promise.resolve({
          status: 'success',
          value,
          valueType: 'json',
          limits: defaultLimits,
        } as ExecutionResult);
      },
    },
    contextOf: ({ tenant = 'default' }, signal) => ({ tenant, traceId: '0'.repeat(32), signal }),
    refuse: ({ code, message }) => ({ error: { code, message } }) as ExecutionResult,
    events: new EventHub(),
  });
  return { result: await caller.call({ name: 'echo', arguments: { a: 1 }, ...given }), seen };
}

test('the executor hears who calls, for which tenant, and which tool', async () => {
  const { seen } = await call({}, { userId: 'ada', tenant: 'acme', id: 'call-7' });
  const tool = { name: 'echo', version: '1.0.0', callId: 'call-7' };
  expect(seen[0]?.context).toMatchObject({ principal: { id: 'ada' }, tenant: 'acme', tool });
});

test('arguments that a schema throws at are refused, and nothing runs', async () => {
  const input = z.any().transform(() => {
    throw new Error('no');
  });
  const { result, seen } = await call({ input });
  expect(result.error).toMatchObject({
    code: 'INVALID_ARGUMENTS',
    message: expect.stringContaining('cannot be checked (no)'),
  });
  expect(seen).toEqual([]);
});

test('an answer is what its schema makes of it, and that is JSON', async () => {
  const output = z.object({ a: z.number(), b: z.number().default(2) });
  expect((await call({ output })).result).toMatchObject({ value: { a: 1, b: 2 } });
  const { result } = await call({ output: z.any().transform(() => new Map()) });
  const message = expect.stringContaining('it must be JSON, but is an instance of Map') as string;
  expect(result).toMatchObject({ status: 'error', value: { a: 1 }, error: { code: 'INVALID_ANSWER', message } });
});
