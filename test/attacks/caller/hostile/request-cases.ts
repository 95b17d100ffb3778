import type { Engine } from 'hotcell';
import { ask, foreign, type HostileCase, raise, trapped, unreadable } from './hostile-case.ts';

const refused = /^validation_error \| INVALID_REQUEST: The request is invalid: .*\.$/s;
const fields = [
  'language',
  'code',
  'mode',
  'inputs',
  'stdin',
  'files',
  'collect',
  'artifactSink',
  'env',
  'secrets',
  'tools',
  'limits',
  'network',
  'tenant',
  'isolation',
  'backend',
  'image',
  'signal',
] as const;

/** A getter that returns another value the second time. */
function changing(name: string, first: unknown, then: unknown, rest: object = {}): never {
  let reads = 0;
  return Object.defineProperty({ ...rest }, name, {
    enumerable: true,
    get: () => {
      reads += 1;
      return reads === 1 ? first : then;
    },
  }) as never;
}

/** Each level contains the next one twice: its text would have 2 to the power of 64 leaves. */
function bomb(): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < 64; level += 1) value = [value, value];
  return value;
}

const execute =
  (request: () => unknown) =>
  (engine: Engine): unknown =>
    engine.execute(request() as never);

export const requestCases: readonly HostileCase[] = [
  ...[undefined, null, 5, 'x', Symbol('x'), () => 1, [], new Map(), Object.create(null) as object].map(
    (request, index) => ({
      row: 'request',
      name: `a request that is ${typeof request} (${index})`,
      run: execute(() => request),
      ends: refused,
    }),
  ),
  { row: 'request', name: 'a request that traps all', run: execute(unreadable), ends: refused },
  {
    row: 'request',
    name: 'a request of another realm',
    run: execute(() => foreign('({ language: "javascript", code: "6 * 7" })')),
    ends: /^success \| 42$/,
  },
  ...fields.map((field) => ({
    row: 'request',
    name: `a request whose ${field} cannot be read`,
    run: execute(() => trapped(field, ask())),
    ends: refused,
  })),
  ...fields.map((field) => ({
    row: 'request',
    name: `a request whose ${field} traps all`,
    run: execute(() => ask({ [field]: unreadable() })),
    ends: refused,
  })),
  ...(['language', 'code', 'limits', 'env', 'files'] as const).map((field) => ({
    row: 'request',
    name: `a request whose ${field} changes after it was read`,
    run: execute(() =>
      changing(field, (ask({ env: {}, files: {}, tenant: 'a' }) as never)[field], unreadable(), ask()),
    ),
    ends: /^success \| 1$/,
  })),
  {
    row: 'request',
    name: 'a request whose tenant changes after it was read',
    run: execute(() => changing('tenant', 'a', 'b', ask())),
    ends: /^permission_denied \| PERMISSION_DENIED/,
  },
  {
    row: 'request',
    name: 'a request with a member that throws for its name',
    run: execute(() => ({ ...ask(), [Symbol('x')]: 1, ' ': 1 })),
    ends: refused,
  },

  {
    row: 'inputs',
    name: 'inputs that change after they were read',
    run: execute(() => ask({ code: 'inputs.a', inputs: changing('a', 1, Number.NaN) })),
    ends: /^success \| 1$/,
  },
  {
    row: 'inputs',
    name: 'inputs that throw at the second reading',
    run: execute(() =>
      ask({ code: 'inputs.a', inputs: Object.defineProperty({}, 'a', { enumerable: true, get: once(() => 1) }) }),
    ),
    ends: /^success \| 1$/,
  },
  {
    row: 'inputs',
    name: 'inputs whose toJSON throws',
    run: execute(() => ask({ inputs: { toJSON: () => raise(new Error('no')) } })),
    ends: refused,
  },
  {
    row: 'inputs',
    name: 'a list whose toJSON throws',
    run: execute(() => ask({ code: 'inputs', inputs: Object.assign([1], { toJSON: () => raise(new Error('no')) }) })),
    ends: /^success \| \[1\]$/,
  },
  {
    row: 'inputs',
    name: 'inputs whose inherited toJSON throws',
    run: execute(() =>
      ask({
        code: 'inputs',
        inputs: Object.assign(
          Object.create(Object.assign(Object.create(null), { toJSON: () => raise(new Error('no')) })),
          { a: 1 },
        ),
      }),
    ),
    ends: /^success \| \{"a":1\}$/,
  },
  {
    row: 'inputs',
    name: 'inputs that are cyclic',
    run: execute(() => {
      const list: unknown[] = [];
      list.push(list);
      return ask({ inputs: list });
    }),
    ends: /cyclic/,
  },
  { row: 'inputs', name: 'inputs with a bigint', run: execute(() => ask({ inputs: [1n] })), ends: /is a bigint/ },
  {
    row: 'inputs',
    name: 'inputs with a huge sparse list',
    run: execute(() => ask({ inputs: new Array(2 ** 32 - 1) })),
    ends: refused,
  },
  {
    row: 'inputs',
    name: 'inputs that hold one value very often',
    run: execute(() => ask({ inputs: bomb() })),
    ends: /must not be larger than 16777216 bytes/,
  },
  {
    row: 'inputs',
    name: 'inputs that say to be endless',
    run: execute(() => ask({ inputs: new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 53 - 1 : 1) }) })),
    ends: /must not be larger than 16777216 bytes/,
  },
  {
    row: 'inputs',
    name: 'inputs that trap all',
    run: execute(() => ask({ inputs: { a: unreadable() } })),
    ends: refused,
  },
  {
    row: 'inputs',
    name: 'inputs with a member of no text',
    run: execute(() => ask({ code: 'inputs', inputs: { a: { toString: 1 } } })),
    ends: /^success/,
  },
  {
    row: 'inputs',
    name: 'a class whose name throws',
    run: execute(() =>
      ask({ inputs: new (Object.defineProperty(class {}, 'name', { get: () => raise(new Error('no')) }))() }),
    ),
    ends: refused,
  },
  {
    row: 'inputs',
    name: 'a Map of another realm',
    run: execute(() => ask({ inputs: { a: foreign('new Map()') } })),
    ends: /instance of Map/,
  },
  {
    row: 'inputs',
    name: 'values of another realm',
    run: execute(() => ask({ code: 'inputs', inputs: foreign('({ a: [1, { b: null }] })') })),
    ends: /^success \| \{"a":\[1,\{"b":null\}\]\}$/,
  },

  {
    row: 'bytes',
    name: 'bytes of another realm',
    run: execute(() =>
      ask({
        code: 'context.files.read("a") + context.stdin',
        files: { a: foreign('new Uint8Array([104, 105])') },
        stdin: foreign('Uint8Array.of(33)'),
      }),
    ),
    ends: /^success \| "hi!"$/,
  },
  {
    row: 'bytes',
    name: 'bytes by their prototype alone',
    run: execute(() => ask({ files: { a: Object.create(Uint8Array.prototype) as unknown } })),
    ends: refused,
  },
  {
    row: 'bytes',
    name: 'stdin that is bytes by its prototype alone',
    run: execute(() => ask({ stdin: Object.create(Uint8Array.prototype) as unknown })),
    ends: refused,
  },
  {
    row: 'bytes',
    name: 'a proxy of bytes',
    run: execute(() => ask({ files: { a: new Proxy(new Uint8Array(4), {}) } })),
    ends: refused,
  },
  {
    row: 'bytes',
    name: 'bytes whose length lies',
    run: execute(() =>
      ask({
        code: 'context.files.read("a")',
        files: { a: Object.defineProperty(Buffer.from('abc'), 'length', { value: 2 ** 40 }) },
      }),
    ),
    ends: /^success \| "abc"$/,
  },
  {
    row: 'bytes',
    name: 'bytes that are transferred away',
    run: (engine) => {
      const a = new Uint8Array(Buffer.from('abc'));
      const result = engine.execute(ask({ files: { a }, code: 'context.files.read("a")' }));
      structuredClone(a, { transfer: [a.buffer] });
      return result;
    },
    ends: /^validation_error \| INVALID_REQUEST: .*file "a".*transferred/,
  },
  {
    row: 'bytes',
    name: 'stdin that is transferred away',
    run: (engine) => {
      const stdin = new Uint8Array(Buffer.from('abc'));
      const result = engine.execute(ask({ stdin, code: 'context.stdin' }));
      structuredClone(stdin, { transfer: [stdin.buffer] });
      return result;
    },
    ends: /^cancelled .*transferred/s,
  },
  {
    row: 'bytes',
    name: 'bytes that shrink',
    run: (engine) => {
      const buffer = new ArrayBuffer(3, { maxByteLength: 10 });
      const a = new Uint8Array(buffer).fill(97);
      const result = engine.execute(ask({ files: { a }, code: 'context.files.read("a")' }));
      buffer.resize(0);
      return result;
    },
    ends: /^success \| "aaa"$/,
  },
  {
    row: 'bytes',
    name: 'bytes that were detached before',
    run: execute(() => {
      const a = new Uint8Array(3);
      structuredClone(a, { transfer: [a.buffer] });
      return ask({ files: { a } });
    }),
    ends: refused,
  },

  ...(['.tmp', '.hotcell', '.tmp/x', '.hotcell/main.sh', '.hotcell/inputs.json/x'] as const).map((path) => ({
    row: 'names of files',
    name: `a file ${path}`,
    run: execute(() => ask({ files: { [path]: 'x' } })),
    ends: new RegExp(`^validation_error \\| INVALID_REQUEST: .*${path.replaceAll('.', '\\.')}.*needs`),
  })),
  {
    row: 'names of files',
    name: 'a file that is a folder of another',
    run: execute(() => ask({ files: { 'a/b/c': '', a: '' } })),
    ends: /^validation_error \| INVALID_REQUEST: .*"a".*folder/,
  },
  {
    row: 'names of files',
    name: 'a name that is not well-formed',
    run: execute(() => ask({ files: { '\ud800': '' } })),
    ends: /^validation_error \| INVALID_REQUEST: .*Unicode/,
  },
  {
    row: 'names of files',
    name: 'a file called output',
    run: execute(() => ask({ files: { output: 'x' }, code: 'context.files.read("output")' })),
    ends: /^success \| "x"$/,
  },

  {
    row: 'network',
    name: 'a network that cannot be read',
    run: execute(() => ask({ network: trapped('allow') })),
    ends: refused,
  },
  {
    row: 'network',
    name: 'a list of hosts that traps all',
    run: execute(() => ask({ network: { allow: unreadable() } })),
    ends: refused,
  },
  {
    row: 'network',
    name: 'hosts that change',
    run: execute(() => ask({ network: { allow: changing('0', 'a.example', unreadable(), { length: 1 }) } })),
    ends: refused,
  },
  {
    row: 'network',
    name: 'a secret to inject that cannot be read',
    run: execute(() =>
      ask({ network: { allow: ['a.example'], inject: [trapped('secret', { host: 'a.example', header: 'X' })] } }),
    ),
    ends: refused,
  },
  {
    row: 'network',
    name: 'a secret to inject that changes',
    run: execute(() =>
      ask({
        network: {
          allow: ['a.example'],
          inject: [changing('secret', 'abc', unreadable(), { host: 'a.example', header: 'X' })],
        },
      }),
    ),
    ends: /^success \| 1$/,
  },

  ...signals().map(([name, signal, ends]) => ({
    row: 'signal of a call',
    name: `a signal that ${name}`,
    run: (engine: Engine) =>
      engine.execute(ask({ code: 'await new Promise(() => setTimeout(() => 1, 1e6))', signal: signal() })),
    ends,
  })),
  ...signals().map(([name, signal, ends]) => ({
    row: 'signal of a call',
    name: `a signal of a stream that ${name}`,
    run: async (engine: Engine) => {
      const request = ask({ code: 'await new Promise(() => setTimeout(() => 1, 1e6))', signal: signal() });
      for await (const event of engine.stream(request)) if (event.type === 'finished') return event.result;
    },
    ends,
  })),
];

function signals(): readonly (readonly [name: string, signal: () => unknown, ends: RegExp])[] {
  const cancelled = /^cancelled \| CANCELLED/;
  const aborting = (reason: unknown, ms = 30): AbortSignal => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), ms);
    return abort.signal;
  };
  return [
    ['is one by its prototype alone', () => Object.create(AbortSignal.prototype), refused],
    ['is a proxy of one', () => new Proxy(new AbortController().signal, {}), refused],
    ['is somebody’s own', () => ({ aborted: false, addEventListener() {}, removeEventListener() {} }), refused],
    ['was aborted with undefined', () => AbortSignal.abort(), cancelled],
    ['was aborted with what cannot be read', () => AbortSignal.abort(unreadable()), cancelled],
    ['is aborted with what cannot be read', () => aborting(unreadable()), cancelled],
    ['is aborted with a promise that rejects', () => aborting(handled(Promise.reject(new Error('reason')))), cancelled],
    [
      'is aborted with an error that pretends to be the engine’s',
      () => aborting(Object.assign(new Error('x'), { name: 'HotcellError', code: 'NOPE' })),
      cancelled,
    ],
    [
      'has members of its own that throw',
      () =>
        Object.defineProperties(aborting('x'), {
          aborted: { get: () => raise(new Error('no')) },
          reason: { get: () => raise(new Error('no')) },
          addEventListener: { value: () => raise(new Error('no')) },
          removeEventListener: { value: () => raise(new Error('no')) },
        }),
      cancelled,
    ],
    [
      'has a listener that stops the event',
      () => {
        const signal = aborting('x');
        signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
        return signal;
      },
      cancelled,
    ],
    [
      'has a prototype of its own',
      () =>
        Object.setPrototypeOf(
          aborting('x'),
          Object.create(AbortSignal.prototype, {
            aborted: { get: () => raise(new Error('no')) },
            reason: { get: () => raise(new Error('no')) },
          }) as object,
        ),
      cancelled,
    ],
  ];
}

function once<Value>(give: () => Value): () => Value {
  let reads = 0;
  return () => {
    reads += 1;
    return reads === 1 ? give() : raise(new Error('twice'));
  };
}

function handled(promise: Promise<unknown>): Promise<unknown> {
  promise.catch(() => undefined);
  return promise;
}
