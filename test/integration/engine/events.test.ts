import { spawn } from 'node:child_process';
import fc from 'fast-check';
import {
  createEngine,
  defineTool,
  type Engine,
  type EngineEvent,
  type EngineEventType,
  type EngineOptions,
  type ExecutionRequest,
  engineEventTypes,
} from 'hotcell';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const secret = 'tomato-soup-4711';

/** All events of an engine while `use` uses it, and until it is closed. */
async function eventsOf(options: EngineOptions, use: (engine: Engine) => Promise<unknown>): Promise<EngineEvent[]> {
  const heard: EngineEvent[] = [];
  const engine = createEngine(options);
  engine.events.subscribe((event) => heard.push(event));
  await use(engine);
  await engine.close();
  return heard;
}

const javascript: EngineOptions = { docker: false, wasm: false, isolate: { spareHosts: 0 } };
const isAboutCall = ({ type }: EngineEvent): boolean => /^(?:call|tool|network|artifact)\./.test(type);
const typesOf = (events: readonly EngineEvent[]): EngineEventType[] =>
  events.filter(isAboutCall).map(({ type }) => type);
const find = <Type extends EngineEventType>(events: readonly EngineEvent[], type: Type) =>
  events.filter((event): event is Extract<EngineEvent, { type: Type }> => event.type === type);

/** Each queued call ended once, and the times are in order. */
function checkBooks(events: readonly EngineEvent[]): void {
  const queued = find(events, 'call.queued').map(({ callId }) => callId);
  const ended = find(events, 'call.ended').map(({ callId }) => callId);
  expect(new Set(queued).size).toBe(queued.length);
  expect(new Set(ended).size).toBe(ended.length);
  expect(queued.filter((id) => !ended.includes(id))).toEqual([]);
  const times = events.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  for (const { type } of events) expect(engineEventTypes).toContain(type);
  const ofCalls = events.filter((event) => 'callId' in event || 'sessionId' in event);
  expect(ofCalls.filter((event) => !('traceId' in event && /^[0-9a-f]{32}$/.test(event.traceId ?? '')))).toEqual([]);
}

describe('a call in JavaScript', () => {
  test('that succeeds, with a host function, a refused address, a file and a secret', async () => {
    const code = `
      await tools.add({ a: 1 });
      await tools.add({ a: 'x' }).catch(() => undefined);
      await fetch('https://example.org/').catch(() => undefined);
      context.files.write('output/' + context.env.TOKEN, 'x');
      console.log(context.env.TOKEN); 42`;
    const request: ExecutionRequest = {
      language: 'javascript',
      code,
      tenant: 'acme',
      secrets: { TOKEN: secret },
      network: { allow: ['api.example.com:443'] },
      tools: { add: { description: 'Adds.', input: z.object({ a: z.number() }), run: ({ a }) => a + 1 } },
    };
    let id = '';
    const events = await eventsOf(javascript, async (engine) => {
      ({ id } = await engine.execute(request));
    });
    expect(typesOf(events)).toEqual([
      'call.validated',
      'call.queued',
      'call.admitted',
      'call.leased',
      'call.started',
      'tool.called',
      'tool.ended',
      'tool.called',
      'tool.ended',
      'network.connection',
      'artifact.collected',
      'call.ended',
    ]);
    checkBooks(events);
    for (const event of events.filter(isAboutCall)) expect(event).toMatchObject({ callId: id, tenant: 'acme' });
    expect(find(events, 'call.validated')).toMatchObject([
      { language: 'javascript', codeBytes: Buffer.byteLength(code), files: 0, hostTools: 1, hasNetwork: true },
    ]);
    expect(find(events, 'call.leased')).toMatchObject(
      [{ backend: 'isolate', warm: false, cellId: /^host-.+\/\d+$/ }].map((fields) => ({
        ...fields,
        cellId: expect.stringMatching(fields.cellId) as string,
      })),
    );
    expect(find(events, 'tool.ended').map(({ call, hostFunction, error }) => ({ call, hostFunction, error }))).toEqual([
      { call: 1, hostFunction: 'add', error: undefined },
      { call: 2, hostFunction: 'add', error: 'INVALID_ARGUMENTS' },
    ]);
    expect(find(events, 'network.connection')).toMatchObject([{ host: 'example.org', port: 443, outcome: 'refused' }]);
    expect(find(events, 'artifact.collected')).toMatchObject([{ bytes: 1, isDelivered: false }]);
    expect(find(events, 'call.ended')).toMatchObject([
      { status: 'success', backend: 'isolate', isWarm: false, artifacts: 1, usage: { toolCalls: 2 } },
    ]);
    expect(find(events, 'host.started')).toHaveLength(1);
    expect(find(events, 'host.ended')).toMatchObject([{ backend: 'isolate', tenant: 'acme', reason: 'retired' }]);
    expect(events.at(-1)).toMatchObject({ type: 'engine.closed' });
    expect(JSON.stringify(events)).not.toContain(secret);
  });

  test.each<[string, unknown, EngineEventType[], object]>([
    ['that is refused', { language: 'cobol', code: '' }, ['call.ended'], { code: 'INVALID_REQUEST', ran: 'no' }],
    [
      'that throws',
      { language: 'javascript', code: 'throw new Error("no")' },
      ['call.validated', 'call.queued', 'call.admitted', 'call.leased', 'call.started', 'call.ended'],
      { code: 'GUEST_ERROR', status: 'error' },
    ],
    [
      'that nobody can run',
      { language: 'python', code: '' },
      ['call.validated', 'call.ended'],
      { code: 'BACKEND_UNAVAILABLE', ran: 'no' },
    ],
    [
      'that is cancelled before it starts',
      { language: 'javascript', code: '1', signal: AbortSignal.abort() },
      ['call.validated', 'call.queued', 'call.ended'],
      { code: 'CANCELLED_BEFORE_START', ran: 'no' },
    ],
  ])('%s', async (_, request, types, end) => {
    const events = await eventsOf(javascript, (engine) => engine.execute(request as ExecutionRequest));
    expect(typesOf(events)).toEqual(types);
    expect(events.filter(({ type }) => type === 'call.ended')).toMatchObject([end]);
  });

  test('that kills its host process loses its cell', async () => {
    const code = 'const all = []; for (;;) all.push(new Uint8Array(50_000_000).fill(1));';
    const events = await eventsOf(javascript, (engine) =>
      engine.execute({ language: 'javascript', code, limits: { memoryMb: 32 } }),
    );
    checkBooks(events);
    const [ended] = find(events, 'call.ended');
    expect(ended).toMatchObject({ code: 'MEMORY_LIMIT' });
    expect(find(events, 'host.ended')).toHaveLength(1);
    // If the isolate itself detects the limit, the cell ends normally.
    for (const lost of find(events, 'cell.lost')) expect(lost).toMatchObject({ callId: ended?.callId });
  });

  test('of a tool by its name, and a tool that answers what it must not', async () => {
    const tool = defineTool({
      name: 'half',
      description: 'Halves.',
      input: z.object({ n: z.number() }),
      output: z.number().int(),
      language: 'javascript',
      code: 'export default ({ n }) => n / 2',
    });
    const events = await eventsOf({ ...javascript, tools: [tool] }, async (engine) => {
      await engine.callTools([{ name: 'half', arguments: { n: 4 } }]);
      await engine.callTool({ name: 'half', arguments: { n: 3 }, userId: 'ada' });
      await engine.callTool({ name: 'half', arguments: { n: secret } });
      await engine.callTool({ name: secret, userId: 'ada' });
    });
    checkBooks(events);
    expect(find(events, 'call.ended').map(({ tool: name, code }) => [name, code])).toEqual([
      ['half', undefined],
      ['half', undefined],
      ['half', 'INVALID_ARGUMENTS'],
      // The name of a tool that the engine does not have is the caller's own text.
      ['', 'UNKNOWN_TOOL'],
    ]);
    const [, second] = find(events, 'call.ended');
    const { callId, traceId } = second ?? {};
    expect(find(events, 'tool.answer-refused')).toMatchObject([{ callId, traceId, principal: 'ada', tool: 'half' }]);
    expect(find(events, 'call.ended').map(({ principal }) => principal)).toEqual([undefined, 'ada', undefined, 'ada']);
    expect(new Set(find(events, 'call.ended').map((event) => event.traceId)).size).toBe(4);
    expect(JSON.stringify(events)).not.toContain(secret);
  });

  test('of a session: the cell is leased once, each call starts in it', async () => {
    const events = await eventsOf(javascript, async (engine) => {
      const session = await engine.openSession({ language: 'javascript', tenant: 'acme' });
      await session.execute('var a = 1');
      await session.execute('a + 1');
      await session.close();
    });
    checkBooks(events);
    const [opened] = find(events, 'session.opened');
    expect(opened).toMatchObject({ tenant: 'acme', language: 'javascript', backend: 'isolate' });
    expect(find(events, 'session.ended')).toMatchObject([{ sessionId: opened?.sessionId, reason: 'closed', calls: 2 }]);
    expect(find(events, 'call.leased')).toEqual([]);
    expect(find(events, 'call.started').map(({ sessionId, sessionAction }) => [sessionId, sessionAction])).toEqual(
      ['place', 'run', 'run'].map((action) => [opened?.sessionId, action]),
    );
    const ofSession = events.filter((event) => 'sessionId' in event);
    expect(new Set(ofSession.map((event) => 'traceId' in event && event.traceId))).toEqual(new Set([opened?.traceId]));
  });

  test('whatever calls come and however they end, each that was queued ends once', async () => {
    const kinds: Record<string, Partial<ExecutionRequest>> = {
      good: {},
      thrower: { code: 'throw 1' },
      endless: { code: 'for (;;);', limits: { timeoutMs: 50 } },
      cancelled: { code: 'await new Promise(() => setTimeout(() => {}, 1e6))' },
      wrong: { mode: 'neither' as never },
      elsewhere: { backend: 'docker' },
    };
    const heard: EngineEvent[] = [];
    await using engine = createEngine({
      ...javascript,
      queue: { queueLimit: 3 },
      isolate: { slots: 2, spareHosts: 0 },
    });
    const stop = engine.events.subscribe((event) => heard.push(event));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(kinds)), { maxLength: 8 }), async (names) => {
        const results = await Promise.all(
          names.map((name) => {
            const signal = name === 'cancelled' ? AbortSignal.timeout(20) : undefined;
            return engine.execute({ language: 'javascript', code: '1', ...kinds[name], signal });
          }),
        );
        await new Promise((resolve) => setImmediate(resolve));
        const ended = find(heard, 'call.ended').map(({ callId, code }) => [callId, code]);
        for (const { id, error } of results) expect(ended).toContainEqual([id, error?.code]);
      }),
      { numRuns: 15 },
    );
    stop();
    checkBooks(heard);
  });

  test('two engines in one process hear nothing of each other, and a bad listener harms no call', async () => {
    await using deaf = createEngine(javascript);
    deaf.events.subscribe(() => {
      throw new Error('a listener');
    });
    const heard: EngineEvent[] = [];
    deaf.events.subscribe((event) => heard.push(event));
    const other = await eventsOf(javascript, (engine) => engine.execute({ language: 'javascript', code: '1' }));
    expect(find(other, 'call.ended')).toHaveLength(1);
    expect(heard).toEqual([]);
    expect(await deaf.execute({ language: 'javascript', code: '6 * 7' })).toMatchObject({ value: 42 });
  });
});

describe('a call in a container', () => {
  test('fresh: cells are made, wait, and go', async () => {
    const options: EngineOptions = { isolate: false, wasm: false, docker: { pool: { ceiling: 1 } } };
    const events = await eventsOf(options, async (engine) => {
      await engine.execute({ language: 'python', code: '1' });
      await engine.warm({ language: 'python', count: 1 });
      await engine.execute({
        language: 'python',
        code: 'import os; open("output/a", "w").write("x")',
      });
    });
    checkBooks(events);
    const calls = ['call.validated', 'call.queued', 'call.admitted', 'call.leased', 'call.started'];
    expect(typesOf(events)).toEqual([...calls, 'call.ended', ...calls, 'artifact.collected', 'call.ended']);
    expect(
      find(events, 'call.leased').map(({ backend, warm, cellId }) => [
        backend,
        warm,
        /^hotcell-\w+$/.test(cellId ?? ''),
      ]),
    ).toEqual([
      ['docker', false, true],
      ['docker', true, true],
    ]);
    const made = find(events, 'cell.made');
    expect(made.length).toBeGreaterThanOrEqual(2);
    for (const { backend, profile, ms } of made)
      expect([backend, profile.split(' ')[0], ms > 0]).toEqual(['docker', 'python', true]);
    expect(find(events, 'pool.grown')[0]).toMatchObject({ backend: 'docker', ready: 1 });
    // Cells that wait for no call are removed when the engine is closed.
    const ready = events.filter(({ type }) => type.startsWith('pool.')).at(-1);
    expect(ready).toMatchObject({ ready: expect.any(Number) as number });
  });

  test('that is killed under its job', async () => {
    const kill = (name: string): Promise<void> =>
      new Promise((resolve, reject) => {
        spawn('docker', ['kill', name], { stdio: 'ignore' }).on('exit', (code) =>
          code === 0 ? resolve() : reject(new Error(`docker kill ended with ${code}`)),
        );
      });
    const options: EngineOptions = { isolate: false, wasm: false, docker: { pool: { ceiling: 0 } } };
    const events = await eventsOf(options, async (engine) => {
      engine.events.subscribe((event) => {
        if (event.type === 'call.started' && event.cellId) void kill(event.cellId);
      });
      await engine.execute({ language: 'bash', code: 'sleep 20' });
    });
    checkBooks(events);
    const [lost] = find(events, 'cell.lost');
    const [ended] = find(events, 'call.ended');
    expect(lost).toMatchObject({ callId: ended?.callId, backend: 'docker', code: 'CELL_LOST' });
    expect(ended).toMatchObject({ code: 'CELL_LOST', ran: 'unknown' });
  });

  test('of a tenant that shares one', async () => {
    const options: EngineOptions = { isolate: false, wasm: false };
    const events = await eventsOf(options, async (engine) => {
      const tools = { add: { description: 'Adds.', input: z.any(), run: () => 1 } };
      const shared = { language: 'bash', isolation: 'tenant', tenant: 'acme', tools } as const;
      await engine.execute({ ...shared, code: `tool ${secret} '{}' || true` });
      await engine.execute({ ...shared, code: 'true' });
    });
    checkBooks(events);
    const leased = find(events, 'call.leased');
    // The name of a tool that does not exist is the guest's own text.
    expect(find(events, 'tool.ended')).toMatchObject([{ hostFunction: '', error: 'UNKNOWN_TOOL' }]);
    expect(JSON.stringify(events)).not.toContain(secret);
    // A host that does not allow the tier uses fresh containers instead.
    if (leased[0]?.isolation === 'fresh') return;
    const [host] = find(events, 'host.started');
    expect(host).toMatchObject({ backend: 'docker' });
    expect(leased.map(({ cellId }) => cellId?.split('/')[0])).toEqual([host?.hostId, host?.hostId]);
    expect(find(events, 'host.ended')).toMatchObject([
      { hostId: host?.hostId, tenant: 'acme', reason: 'retired', jobs: 0 },
    ]);
  });
});
