import {
  type BackendName,
  createEngine,
  type Engine,
  type ExecutionResult,
  executionResultSchema,
  type HotcellError,
  hostFunction,
  type Language,
  type Session,
  type SessionOptions,
} from 'hotcell';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type SessionGuest, sessionGuests, wasmGuests } from './session-guests.ts';

const tools = {
  add: hostFunction({
    description: 'Adds two numbers.',
    input: z.object({ a: z.number(), b: z.number() }),
    run: ({ a, b }) => a + b,
  }),
};
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes a call that must succeed; returns its output. */
async function print(session: Session, ...call: Parameters<Session['execute']>): Promise<string> {
  const result = await session.execute(...call);
  expect(executionResultSchema.safeParse(result).error).toBeUndefined();
  expect(result, result.error?.message).toMatchObject({ status: 'success', session: { state: 'kept' } });
  return result.stdout;
}

async function refusal(opening: Promise<unknown>): Promise<HotcellError> {
  return await opening.then(
    () => expect.fail('it was not refused'),
    (error: HotcellError) => error,
  );
}

for (const [language, backend] of [
  ['javascript', 'isolate'],
  ['typescript', 'isolate'],
  ['python', 'docker'],
  ['bash', 'docker'],
  ['python', 'wasm'],
  ['bash', 'wasm'],
] as const satisfies readonly (readonly [Language, BackendName])[]) {
  describe(`a session in ${language} (${backend})`, () => {
    const engine: Engine = createEngine();
    afterAll(() => engine.close());
    const guest: SessionGuest = { ...sessionGuests[language], ...(backend === 'wasm' && wasmGuests[language]) };
    const open = (options: Partial<SessionOptions> = {}): Promise<Session> =>
      engine.openSession({ language, backend, ...options, limits: { timeoutMs: 20_000, ...options.limits } });

    test.concurrent('keeps variables and functions', async () => {
      await using session = await open();
      await print(session, guest.define);
      expect(await print(session, guest.use)).toBe('15\n');
      expect(await print(session, guest.show)).toBe('5\n');
      expect(await print(session, guest.define)).toBe('');
      expect(await print(session, guest.use)).toBe('15\n');
    });

    test.concurrent('reports its number, its times and its state', async () => {
      await using session = await open({ idleTimeoutMs: 60_000, maxAgeMs: 120_000, tenant: 'acme' });
      await session.execute(guest.define);
      const { session: info, tenant } = await session.execute(guest.show);
      expect(info).toEqual({ id: session.id, call: 2, state: 'kept', idleTimeoutMs: 60_000, maxAgeMs: 120_000 });
      expect([tenant, session.tenant, session.language]).toEqual(['acme', 'acme', language]);
    });

    test.concurrent('keeps the changes of a failed call', async () => {
      await using session = await open();
      await print(session, guest.define);
      const failed = await session.execute(guest.failAfterChange);
      expect(failed).toMatchObject({ status: 'error', session: { state: 'kept' } });
      expect(await print(session, guest.show)).toBe('7\n');
    });

    test.for(['spin', 'wait'] as const)('continues after a call that timed out (%s)', async (what) => {
      await using session = await open();
      await print(session, guest.define);
      const stopped = await session.execute({ code: guest[what], limits: { timeoutMs: 400 } });
      expect(stopped).toMatchObject({ status: 'timeout', error: { code: 'WALL_TIMEOUT' }, session: { state: 'kept' } });
      expect(stopped.error?.message).toMatch(/ 400 ms; .* Its session continues\.$/);
      expect(stopped.stdout).toBe('');
      expect(await print(session, guest.use)).toBe('15\n');
    });

    test.concurrent('continues after a call that was cancelled while it waited', async () => {
      await using session = await open();
      await print(session, guest.define);
      const stopped = await session.execute({ code: guest.wait, signal: AbortSignal.timeout(400) });
      expect(stopped).toMatchObject({ status: 'cancelled', session: { state: 'kept' } });
      expect(await print(session, guest.use)).toBe('15\n');
    });

    // V8 can be interrupted before it starts to compute, but not while it does.
    const state = backend === 'isolate' ? 'lost' : 'kept';
    test(`after a computation that was cancelled, too long or too loud, its state is ${state}`, async () => {
      for (const [call, code] of [
        [{ code: guest.spin }, 'CANCELLED'],
        [{ code: guest.spin, limits: { cpuMs: 200 } }, 'CPU_TIMEOUT'],
        [{ code: guest.flood, limits: { outputKb: 1 } }, 'OUTPUT_LIMIT'],
      ] as const) {
        await using session = await open();
        await print(session, guest.define);
        const signal = code === 'CANCELLED' ? AbortSignal.timeout(400) : undefined;
        expect(await session.execute({ ...call, signal })).toMatchObject({ error: { code }, session: { state } });
        if (state === 'kept') expect(await print(session, guest.use)).toBe('15\n');
        else expect(await session.execute(guest.use)).toMatchObject({ error: { code: 'SESSION_ENDED', ran: 'no' } });
      }
    });

    test.concurrent('ends when its guest cannot continue, and says so', async () => {
      await using session = await open({ limits: { memoryMb: 64 }, tenant: 'ruined' });
      await print(session, guest.define);
      const { status, ...call } = guest.ruin;
      const ruined = await session.execute(call);
      expect(ruined, ruined.error?.message).toMatchObject({ status, session: { state: 'lost' } });
      expect(ruined.error?.message).toMatch(/The state of its session is lost\.$/);
      const next = await session.execute(guest.show);
      expect(next).toMatchObject({
        status: 'unavailable',
        error: { code: 'SESSION_ENDED', ran: 'no' },
        session: { state: 'lost' },
      });
      expect(session.isOver).toBe(true);
    });

    test.concurrent('runs calls that are made at once one after the other', async () => {
      await using session = await open();
      await print(session, guest.define);
      const results = await Promise.all(
        [guest.failAfterChange, guest.show, guest.use].map((code) => session.execute(code)),
      );
      expect(results.map(({ stdout }) => stdout)).toEqual(['', '7\n', '21\n']);
      expect(results.map((result) => result.session?.call)).toEqual([2, 3, 4]);
    });

    test.concurrent('gives each call its own inputs and stdin', async () => {
      await using session = await open();
      expect(await print(session, { code: guest.readStdin, stdin: 'first' })).toMatch(/^first\n?$/);
      expect(await print(session, guest.readStdin)).toMatch(/^\n?$/);
      expect(await print(session, { code: guest.readStdin, stdin: 'third' })).toMatch(/^third\n?$/);
      expect(await print(session, { code: guest.inputs, inputs: { n: 1 } })).toBe('1\n');
      expect(await print(session, { code: guest.inputs, inputs: { n: 2 } })).toBe('2\n');
    });

    test.concurrent('redacts its secrets, and those of a call from that call on', async () => {
      const [first, second] = ['kiwi-7f3a9b2c51', 'plum-0d9e8c7b6a'];
      await using session = await open({ secrets: { FIRST: first } });
      expect(await print(session, guest.environment('FIRST'))).not.toContain(first);
      const added = await print(session, { code: guest.environment('SECOND'), secrets: { SECOND: second } });
      const later = await session.execute(guest.environment('SECOND'));
      expect(`${added}${later.stdout}`).not.toContain(second);
      expect(later.redactions).toEqual([{ rule: 'secret:SECOND', count: 1, where: 'stdout' }]);
    });

    test.concurrent('collects new files only', async () => {
      await using session = await open();
      const paths = async (code: string): Promise<string[]> =>
        (await session.execute(code)).artifacts.map(({ path }) => path);
      expect(await paths(guest.write('a.txt', 'one'))).toEqual(['output/a.txt']);
      expect(await paths(guest.write('b.txt', 'one'))).toEqual(['output/b.txt']);
      expect(await paths(guest.write('a.txt', 'two'))).toEqual(['output/a.txt']);
      expect(await paths(guest.define)).toEqual([]);
    });

    test.concurrent('has its files read, written and listed from outside', async () => {
      await using session = await open({ files: { 'given.txt': 'given' } });
      await session.execute(guest.write('made.txt', 'made'));
      await session.files.write('folder/[odd]*.txt', 'odd');
      expect(await session.files.list()).toEqual([
        { path: 'folder/[odd]*.txt', bytes: 3 },
        { path: 'given.txt', bytes: 5 },
        { path: 'output/made.txt', bytes: 4 },
      ]);
      expect(await session.files.list('output/*')).toEqual([{ path: 'output/made.txt', bytes: 4 }]);
      const read = async (path: string): Promise<string> => Buffer.from(await session.files.read(path)).toString();
      expect(await read('output/made.txt')).toBe('made');
      expect(await read('folder/[odd]*.txt')).toBe('odd');
      await session.files.write('given.txt', 'changed');
      expect(await read('given.txt')).toBe('changed');
      const missing = await refusal(session.files.read('nowhere.txt'));
      expect([missing.code, missing.message]).toEqual([
        'INVALID_REQUEST',
        'The file nowhere.txt cannot be read from the session: it does not exist.',
      ]);
      const outside = await refusal(session.files.write('../escape', ''));
      expect(outside.code).toBe('INVALID_REQUEST');
    });

    test.concurrent('refuses to list more files than fit into a value', async () => {
      const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${'n'.repeat(100)}${index}`, '']));
      await using session = await open({ files, limits: { valueKb: 2 } });
      expect((await refusal(session.files.list())).code).toBe('VALUE_LIMIT');
      expect(await session.files.list('*39')).toHaveLength(1);
    });

    test.concurrent('calls host functions in each call, also by names that it kept', async () => {
      await using session = await open({ tools });
      await print(session, guest.keepTool);
      for (let round = 0; round < 3; round += 1) {
        expect(await print(session, guest.callKeptTool)).toBe('3\n');
      }
    });

    // WebAssembly has neither threads nor processes, so nothing can run between calls.
    (backend === 'wasm' ? test.skip : test.concurrent)('stands still between calls', async () => {
      await using session = await open();
      await print(session, guest.leave);
      await sleep(700);
      expect(await print(session, guest.found)).toBe(
        { javascript: '10\n', typescript: '10\n' }[language as string] ?? 'stood still\n',
      );
    });

    test.concurrent('streams', async () => {
      await using session = await open();
      await session.execute(guest.define);
      const types: string[] = [];
      let result: ExecutionResult | undefined;
      for await (const event of session.stream(guest.use)) {
        if (types.at(-1) !== event.type) types.push(event.type);
        if (event.type === 'finished') result = event.result;
      }
      expect(types).toEqual(['queued', 'started', 'stdout', 'finished']);
      expect(result?.stdout).toBe('15\n');
    });

    test.concurrent('sees nothing of another session', async () => {
      await using one = await open();
      await using other = await open();
      await print(one, guest.define);
      await one.files.write('secret.txt', 'x');
      expect((await other.execute(guest.use)).stdout).not.toContain('15');
      expect(await other.files.list()).toEqual([]);
    });

    test.concurrent('refuses a malformed call, and continues', async () => {
      await using session = await open();
      await print(session, guest.define);
      for (const call of [{}, { code: 1 }, { code: '', nonsense: 1 }, { code: '', limits: { memoryMb: 1 } }, null]) {
        const result = await session.execute(call as never);
        expect(result).toMatchObject({ status: 'validation_error', session: { state: 'kept' } });
      }
      expect(await print(session, guest.use)).toBe('15\n');
    });

    test.concurrent('ends when it is closed, with its running call', async () => {
      const session = await open();
      const begun = Promise.withResolvers<void>();
      const running = (async () => {
        for await (const event of session.stream(guest.wait)) {
          if (event.type === 'started') begun.resolve();
          if (event.type === 'finished') return event.result;
        }
        return undefined;
      })();
      const waiting = session.execute(guest.show);
      await begun.promise;
      await session.close();
      expect(await running).toMatchObject({ status: 'cancelled', session: { state: 'lost' } });
      expect(await waiting).toMatchObject({ status: 'unavailable', error: { code: 'SESSION_ENDED', ran: 'no' } });
      expect(await session.execute(guest.show)).toMatchObject({ error: { code: 'SESSION_ENDED' } });
      expect((await refusal(session.files.list())).code).toBe('SESSION_ENDED');
    });

    test.concurrent('ends when nobody calls it, and when it is too old', async () => {
      await using idle = await open({ idleTimeoutMs: 3_000 });
      // Long enough for its call to start.
      await using old = await open({ maxAgeMs: 5_000 });
      const cut = await old.execute(guest.wait);
      expect(cut.error?.message).toMatch(
        /the session has ended because it reached its maxAgeMs, 5000 ms\. The state of its session is lost\.$/,
      );
      await vi.waitUntil(() => idle.isOver && old.isOver, { timeout: 120_000 });
      for (const [session, why] of [
        [idle, 'it was idle for its idleTimeoutMs, 3000 ms'],
        [old, 'it reached its maxAgeMs, 5000 ms'],
      ] as const) {
        const { error } = await session.execute(guest.show);
        expect(error).toMatchObject({
          code: 'SESSION_ENDED',
          message: `The session has ended because ${why}; open another one.`,
        });
      }
    });
  });
}
