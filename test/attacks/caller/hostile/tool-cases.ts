import { z } from 'zod';
import { defineTool, describeTools, type Engine, type HostFunction, hostFunction } from '../../../../src/index.ts';
import { ask, foreign, type HostileCase, never, raise, thenable, trapped, unreadable } from './hostile-case.ts';

const any = { description: 'A tool.', input: z.any() };
const call = 'try { JSON.stringify(await tools.t({})) } catch (error) { `${error.code}: ${error.message}` }';
const withTool =
  (tool: object, timeoutMs = 10_000) =>
  (engine: Engine): unknown =>
    engine.execute(
      ask({ code: call, limits: { timeoutMs }, tools: { t: { ...any, run: () => 1, ...tool } as HostFunction } }),
    );
const failed = (code: string, reason = ''): RegExp => new RegExp(`^success \\| "${code}: .*${reason}`);
/** The guest ends at its own timeout. */
const late = /^timeout \| WALL_TIMEOUT/;

const rejects = (): unknown => Promise.reject(new Error('late listener'));

const thrown: readonly (readonly [name: string, raise: () => unknown])[] = [
  ['throws what cannot be read', () => raise(unreadable())],
  ['throws a symbol', () => raise(Symbol('x'))],
  ['throws undefined', () => raise(undefined)],
  ['throws an object without a prototype', () => raise(Object.create(null))],
  ['throws an error whose message is none', () => raise(Object.assign(new Error(), { message: 5 }))],
  ['throws an error whose message throws', () => raise(trapped('message'))],
  ['throws an error of another realm', () => foreign('throw new RangeError("far")')],
  [
    'throws an error that pretends to be the engine’s',
    () => raise(Object.assign(new Error('x'), { name: 'ToolFailure', code: 'NOPE' })),
  ],
  ['rejects with what cannot be read', () => Promise.reject(unreadable())],
  ['rejects in another realm', () => foreign('Promise.reject(null)')],
  ['answers with a thenable that throws', () => trapped('then')],
  [
    'answers with a promise without a constructor',
    () => Object.defineProperty(Promise.resolve(1), 'constructor', { get: () => raise(new Error('no')) }),
  ],
];
const hangs: readonly (readonly [name: string, hang: () => unknown])[] = [
  ['never answers', never],
  ['answers with a thenable that never settles', () => thenable(() => undefined)],
  ['rejects too late', () => new Promise((_, reject) => setTimeout(reject, 15_000, new Error('late')))],
];
const handled: readonly (readonly [name: string, handle: (signal: AbortSignal) => void])[] = [
  ['freezes', (signal) => Object.freeze(signal)],
  ['takes the prototype of', (signal) => Object.setPrototypeOf(signal, null)],
  ['stops the events of', (signal) => signal.addEventListener('abort', (event) => event.stopImmediatePropagation())],
];
const answers: readonly (readonly [name: string, answer: () => unknown, ends: RegExp])[] = [
  ['traps all', () => ({ a: unreadable() }), failed('INVALID_ANSWER')],
  ['cannot be read', () => trapped('a'), failed('INVALID_ANSWER')],
  [
    'is cyclic',
    () => {
      const list: unknown[] = [];
      list.push(list);
      return list;
    },
    failed('INVALID_ANSWER', 'cyclic'),
  ],
  ['is a bigint', () => 5n, failed('INVALID_ANSWER', 'bigint')],
  ['is a function', () => () => 1, failed('INVALID_ANSWER', 'function')],
  [
    'has a toJSON that throws',
    () => Object.assign([1], { toJSON: () => raise(new Error('no')) }),
    /^success \| "\[1\]"$/,
  ],
  [
    'has a toJSON that answers with nothing',
    () => Object.assign([1], { toJSON: () => undefined }),
    /^success \| "\[1\]"$/,
  ],
  ['is a sparse list without end', () => new Array(2 ** 32 - 1), failed('INVALID_ANSWER')],
  [
    'holds one value very often',
    () => {
      let value: unknown = 'x';
      for (let n = 0; n < 64; n += 1) value = [value, value];
      return value;
    },
    failed('VALUE_LIMIT'),
  ],
  ['is of another realm', () => foreign('({ a: [1] })'), /^success \| "\{\\"a\\":\[1\]\}"$/],
];
const schemas: readonly (readonly [name: string, schema: () => unknown])[] = [
  ['throws in a refinement', () => z.any().refine(() => raise(unreadable()))],
  ['throws in a transform', () => z.any().transform(() => raise(new Error('no transform')))],
  ['rejects in a refinement', () => z.any().refine(() => Promise.reject(unreadable()))],
  [
    'has a message that is none',
    () => z.any().superRefine((_, context) => context.addIssue({ code: 'custom', message: 5 as never })),
  ],
  [
    'has a path that cannot be read',
    () =>
      z
        .any()
        .superRefine((_, context) => context.addIssue({ code: 'custom', message: 'x', path: [unreadable() as never] })),
  ],
  ['is a schema by its prototype alone', () => Object.create(z.ZodType.prototype)],
];

/** A tool by name, on its own engine, because an engine gets its tools when it is made. */
const byName =
  (definition: object, given: unknown = {}) =>
  async (): Promise<unknown> => {
    const { createEngine } = await import('../../../../src/index.ts');
    const tool = defineTool({
      name: 't',
      description: 'A tool.',
      language: 'javascript',
      code: 'export default () => 1',
      limits: { timeoutMs: 700 },
      input: z.any(),
      ...definition,
    });
    await using engine = createEngine({ docker: false, wasm: false, tools: [tool], isolate: { spareHosts: 0 } });
    return await engine.callTool({ name: 't', arguments: given });
  };

export const toolCases: readonly HostileCase[] = [
  ...thrown.map(([name, run]) => ({
    row: 'run of a host function',
    name: `run ${name}`,
    run: withTool({ run }),
    ends: failed('TOOL_FAILED'),
  })),
  ...hangs.map(([name, run]) => ({
    row: 'run of a host function',
    name: `run ${name}`,
    run: withTool({ run }),
    ends: late,
  })),
  {
    row: 'run of a host function',
    name: 'run has listeners that throw and reject when its time is up',
    run: withTool({
      timeoutMs: 50,
      run: (_: unknown, { signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => raise(new Error('listener')));
        signal.addEventListener('abort', rejects);
        signal.addEventListener('abort', { handleEvent: () => raise(new Error('object')) });
        signal.onabort = () => raise(new Error('onabort'));
        return never();
      },
    }),
    ends: failed('TOOL_TIMEOUT'),
  },
  ...(['run', 'approve'] as const).flatMap((part) =>
    handled.map(([name, handle]) => ({
      row: `${part} of a host function`,
      name: `${part} ${name} its signal`,
      run: withTool({
        [part]: (call: { signal: AbortSignal }, context = call) => {
          handle(context.signal);
          return never();
        },
      }),
      ends: late,
    })),
  ),
  ...thrown.map(([name, approve]) => ({
    row: 'approve of a host function',
    name: `approve ${name}`,
    run: withTool({ approve }),
    ends: failed('TOOL_FAILED'),
  })),
  ...hangs.map(([name, approve]) => ({
    row: 'approve of a host function',
    name: `approve ${name}`,
    run: withTool({ approve }),
    ends: late,
  })),
  {
    row: 'approve of a host function',
    name: 'approve answers with what cannot be read',
    run: withTool({ approve: async () => [unreadable()] }),
    ends: failed('PERMISSION_DENIED'),
  },
  ...answers.map(([name, answer, ends]) => ({
    row: 'answer of a host function',
    name: `an answer that ${name}`,
    run: withTool({ run: async () => answer() }, 10_000),
    ends,
  })),
  ...schemas.map(([name, input]) => ({
    row: 'schemas of a host function',
    name: `an input schema that ${name}`,
    run: withTool({ input: input() }),
    ends: /^(success \| "INVALID_ARGUMENTS: |validation_error)/,
  })),
  ...schemas.map(([name, output]) => ({
    row: 'schemas of a host function',
    name: `an output schema that ${name}`,
    run: withTool({ output: output() }),
    ends: /^(success \| "INVALID_ANSWER: |validation_error)/,
  })),
  {
    row: 'schemas of a host function',
    name: 'an input schema that hangs',
    run: withTool({ input: z.any().refine(never) }, 700),
    ends: late,
  },
  {
    row: 'schemas of a host function',
    name: 'an output schema that hangs',
    run: withTool({ output: z.any().refine(never) }, 700),
    ends: late,
  },
  {
    row: 'schemas of a host function',
    name: 'an output schema that makes a thenable',
    run: withTool({ output: z.any().transform(() => thenable(() => raise(new Error('then')))) }),
    ends: failed('(TOOL_FAILED|INVALID_ANSWER)'),
  },

  ...schemas.map(([name, input]) => ({
    row: 'tools by name',
    name: `the input schema of a tool by name ${name}`,
    run: byName({ input: input() }),
    ends: /^(validation_error \| INVALID_ARGUMENTS|rejected INVALID_REQUEST)/,
  })),
  ...schemas.map(([name, output]) => ({
    row: 'tools by name',
    name: `the output schema of a tool by name ${name}`,
    run: byName({ output: output() }),
    ends: /^(error \| INVALID_ANSWER|rejected INVALID_REQUEST)/,
  })),
  {
    row: 'tools by name',
    name: 'the input schema of a tool by name hangs',
    run: byName({ input: z.any().refine(never), limits: { timeoutMs: 700 } }),
    ends: /^validation_error \| INVALID_ARGUMENTS: .*700 ms/,
  },
  {
    row: 'tools by name',
    name: 'the output schema of a tool by name hangs',
    run: byName({ output: z.any().refine(never), limits: { timeoutMs: 2_000 } }),
    ends: /^error \| INVALID_ANSWER: .*2000 ms/,
  },
  {
    row: 'tools by name',
    name: 'arguments that cannot be read',
    run: byName({ input: z.looseObject({}) }, trapped('a')),
    ends: /^validation_error \| INVALID_ARGUMENTS/,
  },
  {
    row: 'tools by name',
    name: 'arguments that trap all',
    run: byName({ input: z.any() }, unreadable()),
    ends: /^validation_error/,
  },
  ...[trapped('run', any), trapped('input', { description: 'x', run: () => 1 }), unreadable(), null, 5, []].map(
    (definition, index) => ({
      row: 'definitions',
      name: `a host function that cannot be defined (${index})`,
      run: () => hostFunction(definition as never),
      ends: /^rejected INVALID_REQUEST: The host function cannot be defined: /,
    }),
  ),
  ...['limits', 'env', 'files', 'tools', 'network'].flatMap((part) =>
    [unreadable(), trapped('any'), 5].map((value, index) => ({
      row: 'definitions',
      name: `a tool whose ${part} cannot be read (${index})`,
      run: byName({ [part]: value }),
      ends: /^rejected INVALID_REQUEST: The tool cannot be defined: /,
    })),
  ),
  {
    row: 'tools by name',
    name: 'an output schema of a tool by name that makes what is not JSON',
    run: byName({ output: z.any().transform(() => new Map([[1, unreadable()]])) }),
    ends: /^error \| INVALID_ANSWER: .*must be JSON/,
  },
  {
    row: 'tools by name',
    name: 'an output schema of a tool by name that makes too much',
    run: byName({ output: z.any().transform(() => 'x'.repeat(2_000_000)), limits: { timeoutMs: 5_000 } }),
    ends: /^error \| INVALID_ANSWER: .*larger than/,
  },
  {
    row: 'definitions',
    name: 'a definition that cannot be read',
    run: () => defineTool(trapped('code', { name: 't', description: 'x', language: 'javascript', input: z.any() })),
    ends: /^rejected INVALID_REQUEST/,
  },
  {
    row: 'definitions',
    name: 'a definition that traps all',
    run: () => defineTool(unreadable() as never),
    ends: /^rejected INVALID_REQUEST/,
  },
  {
    row: 'definitions',
    name: 'a definition that is none',
    run: () => defineTool(null as never),
    ends: /^rejected INVALID_REQUEST/,
  },
  ...[5, null, unreadable(), { t: null }, { t: {} }, { t: unreadable() }].map((tools, index) => ({
    row: 'definitions',
    name: `tools to describe that are none (${index})`,
    run: () => describeTools(tools as never, 'json'),
    ends: /^rejected INVALID_REQUEST/,
  })),
  {
    row: 'definitions',
    name: 'a format that cannot be read',
    run: () => describeTools({}, unreadable() as never),
    ends: /^rejected INVALID_REQUEST/,
  },

  ...[
    undefined,
    null,
    5,
    unreadable(),
    trapped('name'),
    { name: unreadable() },
    { name: 'x', signal: Object.create(AbortSignal.prototype) as object },
  ].map((given, index) => ({
    row: 'tool calls',
    name: `a tool call that is none (${index})`,
    run: (engine: Engine) => engine.callTool(given as never),
    ends: /^validation_error/,
  })),
  ...[
    undefined,
    null,
    5,
    'abc',
    {},
    new Set([1]),
    unreadable(),
    new Array(2 ** 32 - 1),
    new Proxy([], { get: () => raise(new Error('no')) }),
    new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 50 : undefined) }),
  ].map((given, index) => ({
    row: 'tool calls',
    name: `tool calls that are none (${index})`,
    run: (engine: Engine) => engine.callTools(given as never),
    ends: /^rejected INVALID_REQUEST: The tool calls are invalid: /,
  })),
  {
    row: 'tool calls',
    name: 'a list of tool calls with holes',
    run: (engine) => engine.callTools(new Array(3)),
    ends: /^\[validation_error.*, validation_error.*, validation_error.*\]$/,
  },
  {
    row: 'tool calls',
    name: 'a list of tool calls of which one cannot be read',
    run: (engine) =>
      engine.callTools(Object.defineProperty([{ name: 'x' }, 0], 1, { get: () => raise(new Error('no')) }) as never),
    ends: /^\[validation_error \| UNKNOWN_TOOL.*, validation_error.*\]$/,
  },
];
