/** T12: values that careless or hostile callers pass in. Nothing throws, and nothing runs that must not. */
import { existsSync } from 'node:fs';
import { createEngine, defaultCeilings, defineTool, type ExecutionRequest } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const protoTool = defineTool({
  name: '__proto__',
  description: 'Its name is that of every object.',
  input: z.record(z.string(), z.unknown()),
  language: 'javascript',
  code: 'export default (inputs) => Object.getOwnPropertyNames(inputs)',
});
const engine = createEngine({ tools: [protoTool] });
afterAll(() => engine.close());

/** Texts that a shell, a format string, a template, a log or a header would interpret. */
const marks = '/tmp/hotcell-caller-attack';
const metacharacters = [
  `$(touch ${marks})`,
  `\`touch ${marks}\``,
  `"; touch ${marks}; "`,
  `'; touch ${marks}; '`,
  `| touch ${marks}`,
  `\n touch ${marks} \n`,
  `&& touch ${marks} #`,
  `--privileged --network=host`,
  `-v /:/host`,
  '${IFS}$IFS$9{a,b}*?[a-z]~',
  '%s%n%x {0} {{7*7}} <%= 1 %> ${7*7}',
  '../../../../etc/passwd',
  '\\\r\n\t\u001b[31m"\'',
];

/** Prints what the guest was given, as JSON, in each language. */
const echoes = {
  javascript:
    'JSON.stringify([inputs, context.env.GIVEN, context.env.SECOND, context.stdin, context.files.read("given.txt")])',
  python: `import json, os, sys\njson.dumps([inputs, os.environ['GIVEN'], os.environ['SECOND'], sys.stdin.buffer.read().decode(), open('given.txt', newline='').read()])`,
} as const;

describe('metacharacters are text in every field', () => {
  test.concurrent.each(['javascript', 'python'] as const)('%s gets each as it was', async (language) => {
    const text = metacharacters.join('');
    const result = await engine.execute({
      language,
      code: echoes[language],
      inputs: { [text]: metacharacters },
      env: { GIVEN: text, SECOND: metacharacters.join('\n') },
      stdin: text,
      files: { 'given.txt': text },
      tenant: "'; touch /tmp/hotcell-caller-attack; $(id)",
    });
    expect(result.error).toBeUndefined();
    expect(JSON.parse(`${result.value}`)).toEqual([
      { [text]: metacharacters },
      text,
      metacharacters.join('\n'),
      text,
      text,
    ]);
    expect(existsSync(marks)).toBe(false);
  });

  test.concurrent('bash gets each as it was, and names of files are names', async () => {
    const names = metacharacters.filter((text) => !/[/\\\u0000-\u001f]/.test(text)).map((text) => `output/${text}`);
    const result = await engine.execute({
      language: 'bash',
      code: 'printf %s "$GIVEN" >output/env; cat >output/stdin; ls output | wc -l; ls /workspace /tmp',
      env: { GIVEN: metacharacters.join('') },
      stdin: metacharacters.join('\n'),
      files: Object.fromEntries(names.map((name) => [name, name])),
      collect: ['output/**'],
    });
    expect(result.error).toBeUndefined();
    const contents = Object.fromEntries(
      result.artifacts.map(({ path, content }) => [path, Buffer.from(content).toString()]),
    );
    expect(contents).toEqual({
      ...Object.fromEntries(names.map((name) => [name, name])),
      'output/env': metacharacters.join(''),
      'output/stdin': metacharacters.join('\n'),
    });
    expect(result.stdout).not.toContain('hotcell-caller-attack');
    expect(existsSync(marks)).toBe(false);
  });

  test.concurrent.each(metacharacters)('as a pattern of files it opens nothing: %j', async (pattern) => {
    const result = await engine.execute({
      language: 'javascript',
      code: 'context.files.write("kept", "x")',
      collect: [pattern],
    });
    expect(['success', 'validation_error']).toContain(result.status);
    expect(result.artifacts).toEqual([]);
  });
});

describe('limits', () => {
  test('above the ceilings are lowered to them, whatever the backend', async () => {
    const highest = {
      timeoutMs: 86_400_000,
      cpuMs: 86_400_000,
      memoryMb: 1_048_576,
      processes: 32_768,
      diskMb: 1_048_576,
    };
    const most = 1_048_576;
    const limits = { ...highest, fileMb: most, outputKb: most, valueKb: most, openFiles: most, toolCalls: most };
    const [javascript, bash] = await Promise.all([
      engine.execute({ language: 'javascript', code: '1', limits }),
      engine.execute({
        language: 'bash',
        code: 'ulimit -n; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null',
        limits,
      }),
    ]);
    expect(javascript.limits).toEqual(defaultCeilings);
    expect(bash.limits).toEqual(defaultCeilings);
    const [files, memory] = bash.stdout.split('\n').map(Number);
    expect(files).toBeLessThanOrEqual(defaultCeilings.openFiles);
    expect(memory).toBeLessThanOrEqual((defaultCeilings.memoryMb + 64) * 1_048_576);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '100', null, [100], { valueOf: () => 5 }, 5n, true])(
    'that make no sense are refused: %s',
    async (value) => {
      for (const name of Object.keys(defaultCeilings)) {
        const request = { language: 'javascript', code: '1', limits: { [name]: value } } as unknown as ExecutionRequest;
        expect(await engine.execute(request)).toMatchObject({
          status: 'validation_error',
          error: { ran: 'no', message: expect.stringContaining(`limits.${name}`) as string },
        });
      }
    },
  );

  test('of 0 are refused, except for calls of tools', async () => {
    const { toolCalls: _, ...rest } = defaultCeilings;
    for (const name of Object.keys(rest)) {
      expect(await engine.execute({ language: 'javascript', code: '1', limits: { [name]: 0 } })).toMatchObject({
        status: 'validation_error',
        error: { ran: 'no', message: expect.stringContaining(`limits.${name}`) as string },
      });
    }
  });

  test('that change between two looks are looked at once', async () => {
    let looks = 0;
    const limits = {
      get memoryMb() {
        looks += 1;
        return looks > 1 ? 1_000_000 : 64;
      },
    };
    const result = await engine.execute({ language: 'javascript', code: '1', limits });
    expect(result.limits.memoryMb).toBeLessThanOrEqual(defaultCeilings.memoryMb);
    expect(result.status).toBe('success');
  });
});

describe('keys and values of no request', () => {
  const foreign: Readonly<Record<string, unknown>> = {
    privileged: true,
    network: 'host',
    runtime: 'runc',
    image: 'alpine',
    binds: ['/:/host'],
    HostConfig: { Privileged: true },
    capAdd: ['ALL'],
    user: 'root',
    seccomp: 'unconfined',
    timeout: 1,
    constructor: 1,
    toString: 1,
    isolation: 'none',
    backend: 'host',
    language: 'sh',
    mode: 'module',
    stdin: 7,
    files: [['a', 'b']],
    signal: { aborted: false },
    tenant: '',
    collect: '**',
  };
  test.each(Object.entries(foreign))('%s is refused', async (key, value) => {
    const request = { language: 'bash', code: 'echo ran', [key]: value } as unknown as ExecutionRequest;
    const result = await engine.execute(request);
    expect(result).toMatchObject({ status: 'validation_error', stdout: '', error: { ran: 'no' } });
    expect(result.error?.message).toContain(key);
  });

  const refuse = (): never => {
    throw new Error('no');
  };
  const requests: readonly [what: string, request: unknown][] = [
    ['null', null],
    ['nothing', undefined],
    ['a number', 7],
    ['a text', 'text'],
    ['a list', []],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a proxy that throws', new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse })],
  ];
  test.each(requests)('a request that is %s is refused', async (_, request) => {
    expect(await engine.execute(request as ExecutionRequest)).toMatchObject({
      status: 'validation_error',
      error: { ran: 'no' },
    });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  test.each<[string, unknown]>([
    ['cyclic', cyclic],
    ['a BigInt', { n: 1n }],
    ['a function', { call: () => 1 }],
    [
      'a getter that throws',
      {
        get x() {
          throw new Error('no');
        },
      },
    ],
    ['100 000 levels deep', deep],
    ['17 MB', 'x'.repeat(17_000_000)],
  ])('inputs that are %s are refused', async (_, inputs) => {
    const result = await engine.execute({ language: 'javascript', code: '1', inputs });
    expect(result).toMatchObject({
      status: 'validation_error',
      error: { ran: 'no', message: expect.stringMatching(/inputs|cannot be read/) as string },
    });
  });

  test.each([
    'a\0b',
    'a\nb',
    '\u001b[2J',
    'a\u2028b',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a//b',
    'a\\b',
    '',
    '.',
    'x'.repeat(256),
    `${'a/'.repeat(600)}b`,
  ])('no file can be called %j', async (name) => {
    const result = await engine.execute({ language: 'bash', code: 'ls', files: { [name]: 'x' } });
    expect(result).toMatchObject({ status: 'validation_error', error: { ran: 'no' } });
  });

  test.each(['', '1A', 'A B', 'A=B', 'A\0', 'LD_PRELOAD=x', 'A-B', 'É', 'HOTCELL_VALUE', 'A\n'])(
    'no variable and no secret can be called %j',
    async (name) => {
      for (const field of ['env', 'secrets']) {
        const result = await engine.execute({ language: 'bash', code: 'env', [field]: { [name]: 'value-of-it' } });
        expect(result).toMatchObject({ status: 'validation_error', error: { ran: 'no' } });
        expect(JSON.stringify(result)).not.toContain('value-of-it');
      }
    },
  );
});

describe('names of every object', () => {
  const inputs: unknown = JSON.parse(
    '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"toString":1}',
  );
  const code = {
    javascript: '[Object.getOwnPropertyNames(inputs), typeof {}.polluted, inputs.polluted === undefined]',
    python: '[list(inputs), "undefined", not hasattr(inputs, "polluted")]',
  } as const;
  test.concurrent.each(['javascript', 'python'] as const)('in inputs they are names, in %s', async (language) => {
    const result = await engine.execute({ language, code: code[language], inputs });
    expect(result.value).toEqual([['__proto__', 'constructor', 'toString'], 'undefined', true]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.concurrent.each(['env', 'secrets', 'files'])('"__proto__" in %s is refused, not left out', async (field) => {
    const names: unknown = JSON.parse('{"__proto__":"value-of-it","other":"1"}');
    const result = await engine.execute({ language: 'bash', code: 'env', [field]: names });
    expect(result).toMatchObject({ status: 'validation_error', error: { code: 'INVALID_REQUEST', ran: 'no' } });
    expect(result.error?.message).toBe(`The request is invalid: ${field}: must not have the name "__proto__".`);
  });

  test.concurrent('as tenants, variables, files and tools they are names', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty'];
    const record = (value: string): Record<string, string> => Object.fromEntries(names.map((name) => [name, value]));
    for (const tenant of [...names, '__proto__']) {
      const result = await engine.execute({
        language: 'javascript',
        code: '[context.env.constructor, context.files.list().sort()]',
        tenant,
        env: record('own'),
        files: record('own'),
      });
      expect(result).toMatchObject({ status: 'success', tenant, value: ['own', names.toSorted()] });
    }
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '', '../x', '$(id)']) {
      expect(await engine.callTool({ name })).toMatchObject({
        status: 'validation_error',
        error: { code: 'UNKNOWN_TOOL', ran: 'no' },
      });
    }
    const called = await engine.callTool({ name: '__proto__', arguments: JSON.parse('{"__proto__":1,"a":2}') });
    expect(called).toMatchObject({ status: 'success', tool: { name: '__proto__' } });
    expect(called.value).toContain('a');
  });
});
