import type { Engine, Session } from 'hotcell';
import { z } from 'zod';
import { type HostileCase, never, raise, trapped, unreadable } from './hostile-case.ts';

const refused = /^rejected INVALID_REQUEST: /;
const refusedResult = /^validation_error \| INVALID_REQUEST: .*\| 41$/s;

/** How one call of a session ends, and then the state that the session still has. */
const inSession =
  (work: (session: Session) => unknown) =>
  async (engine: Engine): Promise<unknown> => {
    await using session = await engine.openSession({ language: 'javascript', limits: { timeoutMs: 10_000 } });
    await session.execute('var kept = 41');
    const outcome = await work(session);
    const after = await session.execute('kept');
    const { status, error } = outcome as { status: string; error?: object };
    return { ...(outcome as object), status, error, value: after.value };
  };
const openWith =
  (options: unknown) =>
  async (engine: Engine): Promise<unknown> => {
    await using _ = await engine.openSession(options as never);
    return 'opened';
  };
const inFiles =
  (work: (session: Session) => unknown) =>
  async (engine: Engine): Promise<unknown> => {
    await using session = await engine.openSession({ language: 'javascript', limits: { timeoutMs: 10_000 } });
    try {
      return await work(session);
    } finally {
      if ((await session.execute('1')).value !== 1) raise(new Error('the session is broken'));
    }
  };

const calls: readonly (readonly [name: string, call: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a number', () => 5],
  ['a trap', unreadable],
  ...(['code', 'inputs', 'stdin', 'files', 'collect', 'artifactSink', 'secrets', 'limits', 'signal'] as const).flatMap(
    (field) =>
      [
        [`one whose ${field} cannot be read`, () => trapped(field, { code: '1' })],
        [`one whose ${field} traps all`, () => ({ code: '1', [field]: unreadable() })],
      ] as const,
  ),
  ['one with secrets that are a text', () => ({ code: '1', secrets: 'abc' })],
  ['one with a secret that is a number', () => ({ code: '1', secrets: { A: 5 } })],
  ['one with a badly named secret', () => ({ code: '1', secrets: { 'a b': 'x' } })],
  [
    'one with too many secrets',
    () => ({ code: '1', secrets: Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`S${n}`, 'x'])) }),
  ],
  [
    'one with a signal by its prototype alone',
    () => ({ code: '1', signal: Object.create(AbortSignal.prototype) as unknown }),
  ],
  ['one with a reserved name', () => ({ code: '1', files: { '.hotcell/a': '' } })],
];

export const sessionCases: readonly HostileCase[] = [
  ...calls.map(([name, call]) => ({
    row: 'calls of a session',
    name: `a call of a session that is ${name}`,
    run: inSession((session) => session.execute(call() as never)),
    ends: refusedResult,
  })),
  ...calls.map(([name, call]) => ({
    row: 'calls of a session',
    name: `a stream of a session whose call is ${name}`,
    run: inSession(async (session) => {
      for await (const event of session.stream(call() as never)) if (event.type === 'finished') return event.result;
    }),
    ends: refusedResult,
  })),
  {
    row: 'calls of a session',
    name: 'a tool of a session that throws what cannot be read',
    run: async (engine) => {
      const tools = { t: { description: 'A tool.', input: z.any(), run: () => raise(unreadable()) } };
      await using session = await engine.openSession({ language: 'javascript', tools });
      await session.execute('var kept = 41; try { await tools.t({}) } catch (error) { kept += error.code.length }');
      return await session.execute('kept');
    },
    ends: /^success \| 52$/,
  },

  ...[undefined, null, 5, unreadable(), {}, { language: 'x' }].map((options, index) => ({
    row: 'openSession',
    name: `options of a session that are none (${index})`,
    run: openWith(options),
    ends: refused,
  })),
  ...(
    [
      'language',
      'env',
      'secrets',
      'tools',
      'files',
      'limits',
      'network',
      'tenant',
      'isolation',
      'backend',
      'image',
      'signal',
      'idleTimeoutMs',
      'maxAgeMs',
    ] as const
  ).flatMap((field) => [
    {
      row: 'openSession',
      name: `options of a session whose ${field} cannot be read`,
      run: openWith(trapped(field, { language: 'javascript' })),
      ends: refused,
    },
    {
      row: 'openSession',
      name: `options of a session whose ${field} traps all`,
      run: openWith({ language: 'javascript', [field]: unreadable() }),
      ends: refused,
    },
  ]),
  {
    row: 'openSession',
    name: 'options of a session that change after they were read',
    run: async (engine) => {
      const env: Record<string, string> = { A: '1' };
      await using session = await engine.openSession({ language: 'javascript', env });
      Object.defineProperty(env, 'A', { enumerable: true, get: () => raise(new Error('no')) });
      return await session.execute('context.env.A');
    },
    ends: /^success \| "1"$/,
  },
  {
    row: 'openSession',
    name: 'a signal of a session that was aborted with a trap',
    run: openWith({ language: 'javascript', signal: AbortSignal.abort(unreadable()) }),
    ends: /^rejected CANCELLED_BEFORE_START: /,
  },
  {
    row: 'openSession',
    name: 'files of a session that hang',
    run: openWith({
      language: 'javascript',
      limits: { timeoutMs: 700 },
      files: { a: { [Symbol.asyncIterator]: () => ({ next: never, return: never }) } },
    }),
    ends: /^rejected INVALID_REQUEST: .*700 ms/,
  },

  ...[undefined, null, 5, Symbol('x'), {}, unreadable(), '', '../a', '.tmp/../a'].flatMap((path, index) => [
    {
      row: 'files of a session',
      name: `a path to read that is none (${index})`,
      run: inFiles((session) => session.files.read(path as never)),
      ends: refused,
    },
    {
      row: 'files of a session',
      name: `a path to write that is none (${index})`,
      run: inFiles((session) => session.files.write(path as never, 'x')),
      ends: refused,
    },
    ...(path === undefined
      ? []
      : [
          {
            row: 'files of a session',
            name: `a pattern that is none (${index})`,
            run: inFiles((session) => session.files.list(path as never)),
            ends: refused,
          },
        ]),
  ]),
  ...['__proto__', '.tmp', '.hotcell', '.hotcell/inputs.json/x', '.tmp/a'].map((path) => ({
    row: 'names of files',
    name: `a file of a session called ${path}`,
    run: inFiles((session) => session.files.write(path, 'x')),
    ends: refused,
  })),
  ...[undefined, null, 5, unreadable(), Object.create(Uint8Array.prototype) as unknown].map((content, index) => ({
    row: 'files of a session',
    name: `content that is none (${index})`,
    run: inFiles((session) => session.files.write('a', content as never)),
    ends: refused,
  })),
];
