import { setTimeout as sleep } from 'node:timers/promises';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type ExecutionEvent,
  type Logger,
} from '../../../../src/index.ts';
import { ask, foreign, type HostileCase, never, raise, trapped, unreadable } from './hostile-case.ts';

const refused = /^rejected INVALID_REQUEST: /;
/** The message names an option, or says that none can be read. */
const badOptions = (name: string): RegExp => new RegExp(`^rejected INVALID_OPTIONS: .*\\b${name}\\b`);
const quiet = { docker: false, wasm: false } as const;
const waits = 'await new Promise(() => setTimeout(() => 1, 1e6))';

/** Options whose `docker` is `false` when it is read first, and nonsense after that. */
function changing(): object {
  let reads = 0;
  return Object.defineProperty({ wasm: false, isolate: { spareHosts: 0 } }, 'docker', {
    enumerable: true,
    get: () => (reads++ === 0 ? false : 5),
  });
}

/** Options without a bottom. */
function cyclic(): object {
  const options: Record<string, unknown> = { ...quiet };
  options.docker = options;
  return options;
}

/** Makes an engine and calls it once. */
const engineOf = (options: () => unknown) => async (): Promise<unknown> => {
  await using engine = createEngine(options() as EngineOptions);
  return await engine.execute(ask({ limits: { timeoutMs: 5_000 } }));
};

const thrown: readonly (readonly [name: string, act: () => unknown])[] = [
  ['throws', () => raise(new Error('no'))],
  ['throws what cannot be read', () => raise(unreadable())],
  ['rejects', () => Promise.reject(new Error('no'))],
  ['rejects later', () => sleep(10).then(() => raise(new Error('late')))],
  ['rejects in another realm', () => foreign('Promise.reject(new Error("far"))')],
  ['never settles', never],
  ['answers with a trap', unreadable],
];

/** Makes an engine log a failure inside: a closed backend causes one. */
const withLogger = (logger: () => unknown) => async (): Promise<unknown> => {
  const said = { debug: logger, info: logger, warn: logger, error: logger } as unknown as Logger;
  await using engine = createEngine({
    docker: false,
    isolate: false,
    logger: said,
    wasm: { cacheFolder: `/tmp/hotcell-test-${process.pid}-${Math.random()}` },
  });
  return await engine.execute({ language: 'bash', code: 'echo hi', limits: { timeoutMs: 10_000 } });
};

/** Makes one call while a listener of the engine's events does something. The listener must have been called. */
const withListener =
  (act: () => unknown) =>
  async (engine: Engine): Promise<unknown> => {
    const { promise: heard, resolve } = Promise.withResolvers<void>();
    const unsubscribe = engine.events.subscribe(() => {
      resolve();
      return act() as never;
    });
    try {
      const result = await engine.execute(ask());
      await heard;
      return result;
    } finally {
      unsubscribe();
    }
  };

const signals: readonly (readonly [name: string, signal: () => unknown])[] = [
  ['a number', () => 5],
  ['null', () => null],
  ['one by its prototype alone', () => Object.create(AbortSignal.prototype)],
  ['a proxy of one', () => new Proxy(new AbortController().signal, {})],
  ['a trap', unreadable],
];

const warm =
  (request: () => unknown, signal?: () => unknown) =>
  (engine: Engine): unknown =>
    engine.warm(request() as never, signal?.() as never);

/** All events until the loop is left. */
async function read(events: AsyncIterable<ExecutionEvent>): Promise<string> {
  const types: string[] = [];
  for await (const event of events) types.push(event.type);
  return types.join(' ');
}

export const surroundingCases: readonly HostileCase[] = [
  ...[
    'tools',
    'logger',
    'isolate',
    'docker',
    'wasm',
    'egress',
    'ceilings',
    'queue',
    'redaction',
    'routes',
    'fallback',
    'sessions',
    'closeGraceMs',
  ].flatMap((name) => [
    {
      row: 'options of an engine',
      name: `options of an engine whose ${name} cannot be read`,
      run: engineOf(() => trapped(name, name === 'docker' || name === 'wasm' ? {} : quiet)),
      ends: badOptions(name),
    },
    {
      row: 'options of an engine',
      name: `options of an engine whose ${name} traps all`,
      run: engineOf(() => ({ ...quiet, [name]: unreadable() })),
      ends: badOptions(name),
    },
    {
      row: 'options of an engine',
      name: `options of an engine whose ${name} is a revoked proxy`,
      run: engineOf(() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return { ...quiet, [name]: proxy };
      }),
      ends: badOptions(name),
    },
    {
      row: 'options of an engine',
      name: `options of an engine whose ${name} has an unknown name from another realm`,
      run: engineOf(() => ({ ...quiet, [name]: foreign('({ nothingOfTheKind: 1 })') })),
      ends: badOptions(name),
    },
  ]),
  ...[null, 5, unreadable()].map((options, index) => ({
    row: 'options of an engine',
    name: `options of an engine that are none (${index})`,
    run: engineOf(() => options),
    ends: badOptions('options'),
  })),
  ...(
    [
      [
        'of another realm',
        () => foreign('({ docker: false, wasm: false, isolate: { spareHosts: 0 } })'),
        /^success \| 1$/,
      ],
      ['that have an accessor which changes its answer', changing, /^success \| 1$/],
      ['that are a list', () => [], badOptions('list')],
      ['that are a function', () => () => 1, badOptions('function')],
      [
        'with __proto__ as a name',
        () => JSON.parse('{"docker":false,"__proto__":{"slots":0}}'),
        badOptions('__proto__'),
      ],
      ['with tools without end', () => ({ ...quiet, tools: new Array(2 ** 32 - 1) }), badOptions('tools')],
      [
        'with servers without end',
        () => ({ ...quiet, egress: { dnsServers: new Array(2 ** 32 - 1) } }),
        badOptions('dnsServers'),
      ],
      [
        'whose name is very long',
        () => ({ ...quiet, ['x'.repeat(100_000)]: 1 }),
        /^rejected INVALID_OPTIONS: .{1,400}$/,
      ],
      ['whose pool cannot be read', () => ({ wasm: false, docker: trapped('pool') }), badOptions('docker.pool')],
      ['that hold themselves', cyclic, badOptions('docker')],
    ] as const
  ).map(([name, options, ends]) => ({
    row: 'options of an engine',
    name: `options of an engine ${name}`,
    run: engineOf(options),
    ends,
  })),
  ...[5, {}, [null], [5], [unreadable()], [trapped('name')]].map((tools, index) => ({
    row: 'options of an engine',
    name: `tools of an engine that are none (${index})`,
    run: engineOf(() => ({ ...quiet, tools })),
    ends: badOptions('tools'),
  })),
  ...[5, {}, { warn: 1 }].map((logger, index) => ({
    row: 'logger',
    name: `a logger that is none (${index})`,
    run: engineOf(() => ({ ...quiet, logger })),
    ends: badOptions('logger'),
  })),
  ...thrown.map(([name, act]) => ({
    row: 'logger',
    name: `a logger that ${name}`,
    run: withLogger(act),
    ends: /^success \| hi/,
  })),

  ...[undefined, null, 5, {}, { handleEvent: 1 }].map((listener, index) => ({
    row: 'event listener',
    name: `an event listener that is not a function (${index})`,
    run: (engine: Engine) => engine.events.subscribe(listener as never),
    ends: refused,
  })),
  ...thrown.map(([name, act]) => ({
    row: 'event listener',
    name: `an event listener that ${name}`,
    run: withListener(act),
    ends: /^success/,
  })),

  ...thrown.map(([name, act]) => ({
    row: 'report',
    name: `a report of prepare that ${name}`,
    run: (engine: Engine) => engine.prepare(act as never),
    ends: /^done$/,
  })),
  ...signals.map(([name, signal]) => ({
    row: 'other signals',
    name: `a signal of prepare that is ${name}`,
    run: (engine: Engine) => engine.prepare(undefined, signal() as never),
    ends: refused,
  })),
  {
    row: 'report',
    name: 'a report of prepare that is none',
    run: (engine) => engine.prepare(5 as never),
    ends: refused,
  },
  ...signals.map(([name, signal]) => ({
    row: 'other signals',
    name: `a signal of check that is ${name}`,
    run: (engine: Engine) => engine.check(signal() as never),
    ends: refused,
  })),
  ...signals.map(([name, signal]) => ({
    row: 'other signals',
    name: `a signal of attest that is ${name}`,
    run: (engine: Engine) => engine.selfTest(undefined, signal() as never),
    ends: /could not start: The signal must be an AbortSignal/,
  })),
  ...signals.map(([name, signal]) => ({
    row: 'other signals',
    name: `a signal of warm that is ${name}`,
    run: warm(() => ({ language: 'javascript', count: 0 }), signal),
    ends: refused,
  })),
  {
    row: 'other signals',
    name: 'a signal of warm that was aborted with a trap',
    run: warm(
      () => ({ language: 'javascript', count: 1 }),
      () => AbortSignal.abort(unreadable()),
    ),
    ends: /^(done|rejected CANCELLED)/,
  },
  ...[
    null,
    undefined,
    5,
    unreadable(),
    trapped('count'),
    { language: 'javascript', count: Symbol('x') },
    { language: 'javascript', count: unreadable() },
    trapped('language', { count: 0 }),
    { language: 'javascript', count: 0, limits: unreadable() },
  ].map((request, index) => ({
    row: 'warm',
    name: `a request to warm that is none (${index})`,
    run: warm(() => request),
    ends: refused,
  })),

  {
    row: 'stream',
    name: 'a loop over events that is left at once',
    run: async (engine) => {
      for await (const _ of engine.stream(ask({ code: waits }))) return 'left';
    },
    ends: /^"left"$/,
  },
  {
    row: 'stream',
    name: 'a loop over events that throws',
    run: async (engine) => {
      try {
        for await (const _ of engine.stream(ask({ code: waits }))) raise(unreadable());
      } catch {
        return 'thrown';
      }
    },
    ends: /^"thrown"$/,
  },
  {
    row: 'stream',
    name: 'a loop that is left while it waits',
    run: async (engine) => {
      const events = engine.stream(ask({ code: waits, limits: { timeoutMs: 60_000 } }))[Symbol.asyncIterator]();
      while ((await events.next()).value?.type !== 'started');
      const waiting = events.next();
      await Promise.all([events.return?.(), events.return?.()]);
      return [(await waiting).done, (await events.next()).done, (await events.return?.())?.done];
    },
    ends: /^\[true, true, true\]$/,
  },
  {
    row: 'stream',
    name: 'a loop that is left before it begins',
    run: async (engine) => {
      const events = engine.stream(ask({ code: waits }))[Symbol.asyncIterator]();
      await events.return?.();
      return (await events.next()).done;
    },
    ends: /^true$/,
  },
  {
    row: 'stream',
    name: 'events that nobody takes',
    run: async (engine) => {
      void engine.stream(ask())[Symbol.asyncIterator]().next();
      await sleep(300);
      return 'kept';
    },
    ends: /^"kept"$/,
  },
  ...[null, undefined, 5, unreadable(), trapped('code'), trapped('signal', { code: '1', language: 'javascript' })].map(
    (request, index) => ({
      row: 'stream',
      name: `a request to stream that is none (${index})`,
      run: (engine: Engine) => read(engine.stream(request as never)),
      ends: /^"finished"$/,
    }),
  ),
];
