import { createEngine, type Engine, type ExecutionResult, type HostFunctions, hostFunction } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const engine: Engine = createEngine({ isolate: false, docker: false });
afterAll(() => engine.close());

const held = new Set<string>();
let called: () => void = () => undefined;
const tools: HostFunctions = {
  echo: { description: 'Answers its input.', input: z.any(), run: (input) => input },
  hang: hostFunction({
    description: 'Never answers.',
    input: z.any(),
    run(_input, { jobId, signal }) {
      held.add(jobId);
      signal.addEventListener('abort', () => held.delete(jobId));
      called();
      return new Promise(() => undefined);
    },
  }),
};
const python = (code: string, signal?: AbortSignal): Promise<ExecutionResult> =>
  engine.execute({ language: 'python', code, tools, limits: { timeoutMs: 10_000 }, ...(signal && { signal }) });

describe('a Python guest whose thread waits for a tool', () => {
  test('is cancelled at once, and the host process stays well', async () => {
    const controller = new AbortController();
    called = () => controller.abort();
    const result = await python('tools.hang()', controller.signal);
    expect(result).toMatchObject({ status: 'cancelled', toolCalls: [{ tool: 'hang', error: 'CANCELLED' }] });
    expect(held.size).toBe(0);
    expect(await python('tools.echo(7)')).toMatchObject({ value: 7, sandbox: { warm: true } });
  });

  test('leaves its neighbours alone', async () => {
    const controller = new AbortController();
    const { promise: isHeld, resolve } = Promise.withResolvers<void>();
    called = resolve;
    const waiting = python('tools.hang()', controller.signal);
    await isHeld;
    expect(await python('sum(tools.echo(n) for n in range(100))')).toMatchObject({ value: 4_950 });
    controller.abort();
    expect((await waiting).status).toBe('cancelled');
  });

  test('hears a timer of asyncio while calls are under way', async () => {
    const code = [
      'import asyncio',
      'async def late():',
      '    await asyncio.sleep(0.05)',
      '    return tools.echo("late")',
      'hanging = asyncio.ensure_future(tools.aio.hang())',
      'said = await asyncio.gather(late(), tools.aio.echo("soon"))',
      'hanging.cancel()',
      'try: await asyncio.wait_for(tools.aio.hang(), 0.05)',
      'except TimeoutError: said.append("timeout")',
      'said',
    ].join('\n');
    expect(await python(code)).toMatchObject({ status: 'success', value: ['late', 'soon', 'timeout'] });
  });

  test('calls from asyncio.run, twice', async () => {
    const code = [
      'import asyncio',
      'async def both(): return await asyncio.gather(tools.aio.echo(1), tools.aio.echo(2))',
      'asyncio.run(both()) + asyncio.run(both())',
    ].join('\n');
    expect(await python(code)).toMatchObject({ value: [1, 2, 1, 2] });
  });
});

test('Bash lists its tools, and reads an input from a pipe', async () => {
  const code = `tool --list; printf '"é"' | tool echo -; tool echo '{"a":1}' | jq .a; tool nowhere; echo $?; tool; echo $?`;
  expect(await engine.execute({ language: 'bash', code, tools })).toMatchObject({
    status: 'success',
    stdout: 'echo\tAnswers its input.\nhang\tNever answers.\n"é"\n1\n1\n2\n',
    stderr:
      'tool nowhere: UNKNOWN_TOOL: There is no tool "nowhere".\nusage: tool NAME [JSON | -]\n       tool --list\n',
  });
});
