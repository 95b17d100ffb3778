import { createEngine, type HotcellError, type SessionOptions } from 'hotcell';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

async function refusal(opening: Promise<unknown>): Promise<HotcellError> {
  return await opening.then(
    () => expect.fail('it was not refused'),
    (error: HotcellError) => error,
  );
}

describe('opening a session', () => {
  test('is refused beyond what a tenant may have, until one ends', async () => {
    await using engine = createEngine({ docker: false, wasm: false, sessions: { perTenant: 1 } });
    const first = await engine.openSession({ language: 'javascript' });
    const { code, message, ran } = await refusal(engine.openSession({ language: 'javascript' }));
    expect([code, ran]).toEqual(['SESSION_LIMIT', 'no']);
    expect(message).toMatch(/the tenant has 1 of at most 1 open sessions \(sessions\.perTenant\)/);
    await using other = await engine.openSession({ language: 'javascript', tenant: 'other' });
    expect(other.tenant).toBe('other');
    await first.close();
    await using second = await engine.openSession({ language: 'javascript' });
    expect((await second.execute('1 + 1')).value).toBe(2);
  });

  test('is refused where all together may take too much memory', async () => {
    await using engine = createEngine({ docker: false, wasm: false, sessions: { memoryBudgetMb: 100 } });
    await using _ = await engine.openSession({ language: 'javascript', limits: { memoryMb: 60 } });
    const { code, message } = await refusal(engine.openSession({ language: 'javascript', limits: { memoryMb: 60 } }));
    expect(code).toBe('SESSION_LIMIT');
    expect(message).toMatch(
      /open sessions reserve 60 MiB and this one needs 60 MiB more, but sessions\.memoryBudgetMb is 100/,
    );
  });

  test('is refused where the options make none', async () => {
    await using engine = createEngine({ docker: false });
    const refused: readonly [options: object, code: string, message: RegExp][] = [
      [{ language: 'perl' }, 'INVALID_REQUEST', /language/],
      [{ language: 'javascript', nonsense: 1 }, 'INVALID_REQUEST', /nonsense/],
      [{ language: 'javascript', idleTimeoutMs: 0 }, 'INVALID_REQUEST', /idleTimeoutMs/],
      [{ language: 'javascript', isolation: 'tenant' }, 'INVALID_REQUEST', /a session has its own cell/],
      [{ language: 'python', backend: 'docker' }, 'BACKEND_UNAVAILABLE', /no backend "docker"/],
      [{ language: 'javascript', files: { '../x': '' } }, 'INVALID_REQUEST', /must not contain/],
      [
        { language: 'javascript', files: { a: 'x'.repeat(2_000_000) }, limits: { diskMb: 1 } },
        'INVALID_REQUEST',
        /disk/,
      ],
      [{ language: 'javascript', signal: AbortSignal.abort() }, 'CANCELLED_BEFORE_START', /cancelled/],
    ];
    for (const [options, code, message] of refused) {
      const error = await refusal(engine.openSession(options as SessionOptions));
      expect([options, error.code, error.message]).toEqual([options, code, expect.stringMatching(message)]);
    }
  });

  test('has its times lowered to those of the engine', async () => {
    const sessions = { idleTimeoutMs: 1_000, maxAgeMs: 2_000 };
    await using engine = createEngine({ docker: false, wasm: false, sessions });
    await using session = await engine.openSession({ language: 'javascript', maxAgeMs: 5_000 });
    expect([session.idleTimeoutMs, session.maxAgeMs]).toEqual([1_000, 2_000]);
    const { session: info } = await session.execute('1');
    expect(info).toMatchObject(sessions);
  });

  test('takes a slot for each call, and none between them', async () => {
    await using engine = createEngine({ docker: false, wasm: false, isolate: { slots: 1 } });
    const release = Promise.withResolvers<void>();
    const wait = { description: 'Waits.', input: z.any(), run: () => release.promise };
    await using one = await engine.openSession({ language: 'javascript', tools: { wait } });
    await using two = await engine.openSession({ language: 'javascript' });
    await one.execute('let n = 1');
    expect(await engine.execute({ language: 'javascript', code: '1 + 1' })).toMatchObject({ value: 2 });
    const slow = one.execute('await tools.wait(); n');
    const queued = two.execute('2');
    await expect.poll(() => engine.stats().isolate).toMatchObject({ running: 1, waiting: 1 });
    release.resolve();
    expect(await slow).toMatchObject({ value: 1 });
    expect(await queued).toMatchObject({ value: 2 });
  });

  test('is over with its engine', async () => {
    const engine = createEngine({ docker: false, wasm: false, closeGraceMs: 100 });
    const session = await engine.openSession({ language: 'javascript' });
    await session.execute('let n = 1');
    await engine.close();
    expect(session.isOver).toBe(true);
    expect(await session.execute('n')).toMatchObject({ error: { code: 'SESSION_ENDED', ran: 'no' } });
    expect((await refusal(engine.openSession({ language: 'javascript' }))).code).toBe('ENGINE_CLOSED');
  });
});
