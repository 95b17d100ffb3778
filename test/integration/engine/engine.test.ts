import { createEngine, type ExecutionEvent, executionEventSchema, HotcellError, runSandboxed, unwrap } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const engine = createEngine({ docker: false });
afterAll(() => engine.close());

const spin = 'console.log("up"); for (;;);';

async function collect(events: AsyncIterable<ExecutionEvent>): Promise<ExecutionEvent[]> {
  const all: ExecutionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test('what a caller does to the lists of one result is in no other', async () => {
  const request = { language: 'javascript', code: '1' } as const;
  const first = await engine.execute(request);
  const lists = ({ artifacts, displays, toolCalls, redactions }: typeof first) => [
    artifacts,
    displays,
    toolCalls,
    redactions,
  ];
  for (const list of lists(first)) (list as unknown[]).push('mine');
  expect(lists(await engine.execute(request))).toEqual([[], [], [], []]);
});

describe('stream', () => {
  test('emits queued, started, output as it arrives, and finished with the result', async () => {
    const events = await collect(
      engine.stream({ language: 'javascript', code: 'console.log("a"); console.error("b"); 1' }),
    );
    for (const event of events) expect(executionEventSchema.safeParse(event).error).toBeUndefined();
    const types = events.map(({ type }) => type);
    expect([types[0], types[1], types.at(-1)]).toEqual(['queued', 'started', 'finished']);
    expect([...types.slice(2, -1)].sort()).toEqual(['stderr', 'stdout']);
    expect(events.at(-1)).toMatchObject({ result: { status: 'success', value: 1, stdout: 'a\n', stderr: 'b\n' } });
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  test('a request that is refused still finishes, with one event', async () => {
    const events = await collect(engine.stream({ language: 'cobol' as 'bash', code: '' }));
    expect(events).toMatchObject([{ type: 'finished', result: { status: 'validation_error' } }]);
  });

  test('has the calls of host functions as they begin and end', async () => {
    const tools = { echo: { description: 'Echo.', input: z.number(), run: (n: number) => n } };
    const code = 'await tools.echo(1); await tools.echo("one").catch(() => {}); "done"';
    const events = await collect(engine.stream({ language: 'javascript', code, tools }));
    for (const event of events) expect(executionEventSchema.safeParse(event).error).toBeUndefined();
    expect(events.slice(2)).toMatchObject([
      { type: 'tool-started', call: 1, tool: 'echo' },
      { type: 'tool-finished', call: 1, tool: 'echo' },
      { type: 'tool-started', call: 2, tool: 'echo' },
      { type: 'tool-finished', call: 2, tool: 'echo', error: 'INVALID_ARGUMENTS' },
      { type: 'finished', result: { value: 'done', usage: { toolCalls: 2 } } },
    ]);
  });

  test('leaving the loop cancels the call', async () => {
    // Nothing else ends the call before the test is given up.
    const request = { language: 'javascript', code: spin, limits: { timeoutMs: 300_000 } } as const;
    for await (const event of engine.stream(request)) if (event.type === 'stdout') break;
    expect(engine.stats().isolate).toMatchObject({ running: 0, waiting: 0 });
  });

  test('output comes before the end, redacted across chunks', async () => {
    const seen = Promise.withResolvers<void>();
    // The guest continues once its first output has arrived.
    const tools = { go: { description: 'Waits.', input: z.any(), run: () => seen.promise } };
    const code = 'const s = context.env.KEY; console.log("x"); await tools.go(); console.log(s)';
    let text = '';
    for await (const event of engine.stream({
      language: 'javascript',
      code,
      tools,
      secrets: { KEY: 'swordfish-9' },
    })) {
      if (event.type === 'stdout') text += event.text;
      if (text === 'x\n') seen.resolve();
    }
    expect(text).toBe('x\n[redacted:KEY]\n');
  });
});

describe('cancelling', () => {
  test('before the start the guest never ran', async () => {
    const result = await engine.execute({ language: 'javascript', code: '1', signal: AbortSignal.abort() });
    expect(result).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED_BEFORE_START', ran: 'no' } });
  });

  test('while it runs, partial output and usage come back', async () => {
    const abort = new AbortController();
    const tools = {
      up: { description: 'Says so.', input: z.any(), run: () => abort.abort(new Error('the user left')) },
    };
    const code =
      'console.log("up"); for (const end = performance.now() + 100; performance.now() < end; ); tools.up(); for (;;);';
    const result = await engine.execute({ language: 'javascript', code, tools, signal: abort.signal });
    expect(result).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED', ran: 'yes' }, stdout: 'up\n' });
    expect(result.error?.message).toContain('the user left');
    expect(result.usage.cpuMs).toBeGreaterThan(0);
  });

  test('in the queue', async () => {
    await using narrow = createEngine({ docker: false, isolate: { slots: 1 } });
    const abort = new AbortController();
    const first = narrow.execute({ language: 'javascript', code: spin, limits: { timeoutMs: 400 } });
    const second = narrow.execute({ language: 'javascript', code: '2', signal: abort.signal });
    abort.abort();
    expect(await second).toMatchObject({ status: 'cancelled', error: { ran: 'no' } });
    expect(await first).toMatchObject({ status: 'timeout' });
  });
});

describe('an engine under pressure and at its end', () => {
  test('a full queue is unavailable with a time to come back', async () => {
    await using narrow = createEngine({ docker: false, isolate: { slots: 1 }, queue: { queueLimit: 1 } });
    const request = { language: 'javascript', code: spin, limits: { timeoutMs: 300 } } as const;
    const results = await Promise.all([narrow.execute(request), narrow.execute(request), narrow.execute(request)]);
    expect(results.map(({ status }) => status)).toEqual(['timeout', 'timeout', 'unavailable']);
    expect(results[2]?.error).toMatchObject({
      code: 'QUEUE_FULL',
      ran: 'no',
      retryAfterMs: expect.any(Number) as number,
    });
  });

  test('close lets running jobs end within the grace, cancels the rest, and refuses what comes', async () => {
    const own = createEngine({ docker: false, closeGraceMs: 3_000, isolate: { slots: 2 } });
    const asked = Promise.withResolvers<void>();
    const closing = Promise.withResolvers<void>();
    const up = Promise.withResolvers<void>();
    const run = (): Promise<void> => {
      asked.resolve();
      return closing.promise;
    };
    const short = own.execute({
      language: 'javascript',
      code: 'await tools.closing(); "done"',
      tools: { closing: { description: 'Waits for the close.', input: z.any(), run } },
    });
    const long = own.execute({
      language: 'javascript',
      code: 'console.log("up"); tools.up(); for (;;) await null;',
      tools: { up: { description: 'Says so.', input: z.any(), run: () => up.resolve() } },
      limits: { timeoutMs: 300_000 },
    });
    const waiting = own.execute({ language: 'javascript', code: '1' });
    await Promise.all([asked.promise, up.promise]);
    const closed = Promise.all([own.close(), own.close()]);
    closing.resolve();
    await closed;
    expect(await short).toMatchObject({ status: 'success', value: 'done' });
    expect(await long).toMatchObject({ status: 'cancelled', stdout: 'up\n' });
    expect(await waiting).toMatchObject({ status: 'unavailable', error: { code: 'ENGINE_CLOSED', ran: 'no' } });
    expect(await own.execute({ language: 'javascript', code: '1' })).toMatchObject({
      error: { code: 'ENGINE_CLOSED' },
    });
  });

  test('without a Docker engine, Python is unavailable within its time and JavaScript goes on', async () => {
    await using own = createEngine({ docker: { address: 'unix:///nowhere/docker.sock' } });
    const [python, javascript] = await Promise.all([
      own.execute({ language: 'python', code: '1' }),
      own.execute({ language: 'javascript', code: '1' }),
    ]);
    expect(python).toMatchObject({ status: 'unavailable', error: { code: 'BACKEND_UNAVAILABLE', ran: 'no' } });
    expect(python.error?.message).toContain('/nowhere/docker.sock');
    expect(javascript).toMatchObject({ status: 'success', value: 1 });
  });

  test('limits above the ceilings are lowered, and the result says so', async () => {
    await using own = createEngine({ docker: false, ceilings: { timeoutMs: 250, memoryMb: 64 } });
    const result = await own.execute({
      language: 'javascript',
      code: spin,
      limits: { timeoutMs: 60_000, memoryMb: 4_000 },
    });
    expect(result).toMatchObject({ status: 'timeout', limits: { timeoutMs: 250, cpuMs: 250, memoryMb: 64 } });
  });

  test('an engine without a network gives none, and says so before anything runs', async () => {
    await using engine = createEngine({ docker: false, wasm: false, egress: false });
    const request = { language: 'javascript', code: 'typeof fetch' } as const;
    expect(await engine.execute({ ...request, network: { allow: ['a.example'] } })).toMatchObject({
      status: 'permission_denied',
      error: { code: 'PERMISSION_DENIED', ran: 'no' },
    });
    expect(await engine.execute(request)).toMatchObject({ status: 'success', value: 'undefined' });
  });
});

describe('unwrap', () => {
  test('gives the value of a success and throws the rest with its code and the result', async () => {
    expect(unwrap(await runSandboxed({ language: 'javascript', code: '[1]' }))).toEqual([1]);
    const failed = await runSandboxed({ language: 'javascript', code: 'throw new Error("no")' });
    expect(() => unwrap(failed)).toThrow(HotcellError);
    expect(() => unwrap(failed)).toThrow(
      expect.objectContaining({ code: 'GUEST_ERROR', message: 'no', cause: failed }),
    );
  });
});

test('files that do not fit the disk are refused before anything runs', async () => {
  const files = { 'a.bin': new Uint8Array(1_000_000), 'b.txt': 'x'.repeat(100_000) };
  const result = await engine.execute({ language: 'javascript', code: '1', files, limits: { diskMb: 1 } });
  expect(result).toMatchObject({ status: 'validation_error', error: { code: 'INVALID_REQUEST', ran: 'no' } });
  expect(result.error?.message).toMatch(/limits\.diskMb is 1/);
});
