import { afterAll, describe, expect, test } from 'vitest';
import { type Given, makeBackend, run, type Said } from '../harness.ts';

const backend = makeBackend();
afterAll(() => backend.close());
const go = (given: Given | string): Promise<Said> => run(backend, given);
const outcome = async (given: Given | string): Promise<unknown> => {
  const { verdict, value, end } = await go(given);
  return end ?? [verdict?.end, verdict?.value, value];
};
const failure = async (given: Given | string): Promise<unknown> => {
  const { verdict, end } = await go(given);
  return end ?? [verdict?.end, verdict?.error?.name, verdict?.error?.message, verdict?.error?.line];
};

describe('values', () => {
  test.each<[code: string, kind: string, value: string | undefined]>([
    ['1 + 1', 'json', '2'],
    ['"ü\\ud83d\\ude00"', 'json', '"ü😀"'],
    ['null', 'json', 'null'],
    ['undefined', 'none', undefined],
    ['let x = 1', 'none', undefined],
    ['if (true) { 7 } else { 8 }', 'json', '7'],
    ['({ a: [1, { b: new Date(0) }] })', 'json', '{"a":[1,{"b":"1970-01-01T00:00:00.000Z"}]}'],
    ['NaN', 'repr', 'NaN'],
    ['-Infinity', 'repr', '-Infinity'],
    ['10n', 'repr', '10n'],
    ['Symbol("s")', 'repr', 'Symbol(s)'],
    ['(function f() {})', 'repr', '[Function: f]'],
    ['new Map([[1, { a: 2 }]])', 'repr', 'Map(1) { 1 => { a: 2 } }'],
    ['new Set()', 'repr', 'Set(0) {}'],
    ['new Uint8Array([1, 2])', 'repr', 'Uint8Array(2) [ 1, 2 ]'],
    ['const a = {}; a.a = a; a', 'repr', '<ref *1> { a: [Circular *1] }'],
    ['({ n: 1n })', 'repr', '{ n: 1n }'],
    ['({ toJSON() { return 5 } })', 'json', '5'],
    ['({ get a() { throw new Error("no") } })', 'repr', '{ a: [Getter] }'],
    ['Object.create(null)', 'json', '{}'],
    ['({ ["__proto__"]: 1 })', 'json', '{"__proto__":1}'],
    ['Promise.resolve(3)', 'json', '3'],
    ['({ then(resolve) { resolve("thenable") } })', 'json', '"thenable"'],
    ['const r = []; setTimeout(() => r.push(2), 5); r.push(1); r', 'json', '[1,2]'],
  ])('%s', async (code, kind, value) => {
    expect(await outcome(code)).toEqual(['completed', kind, value]);
  });

  test('inputs, env and stdin are there as they were given', async () => {
    const code = '[inputs, context.env.NAME, context.stdin]';
    const given = { code, inputs: { a: ['"\n\u2028'] }, env: { NAME: 'v' }, secrets: {}, stdin: 'zeile ü\n' };
    expect((await go(given)).value).toBe('[{"a":["\\"\\n\u2028"]},"v","zeile ü\\n"]');
  });

  test('a value above valueKb is not sent', async () => {
    expect(await outcome({ code: '"x".repeat(2000)', limits: { valueKb: 1 } })).toEqual(['value', 'none', undefined]);
    expect(await outcome({ code: '"ü".repeat(600)', limits: { valueKb: 1 } })).toEqual(['value', 'none', undefined]);
  });

  test('usage is measured', async () => {
    const { verdict } = await go('let s = 0; for (let i = 0; i < 3e7; i++) s += i % 7; new Array(1e6).fill(s).length');
    expect(verdict?.usage.cpuMs).toBeGreaterThan(5);
    expect(verdict?.usage.wallMs).toBeGreaterThan(5);
    expect(verdict?.usage.peakMemoryBytes).toBeGreaterThan(8e6);
  });
});

describe('top-level await', () => {
  test.each([
    ['await 1; 2', '2'],
    ['const x = await Promise.resolve(4)\nx * 2 // double', '8'],
    ['(await 5)', '5'],
    ['if (await true) { "yes" } else "no"', '"yes"'],
    ['try { await Promise.reject(1) } catch (e) { e + 1 }', '2'],
    ['for await (const x of [1]) x; "done"', '"done"'],
    ['#!/usr/bin/env node\nawait 9', '9'],
    ['const await_ = "await"; await_', '"await"'],
    ['async function f() { return await 6 }; f()', '6'],
    ['await new Promise((r) => setTimeout(r, 10, "slept"))', '"slept"'],
  ])('%s', async (code, value) => {
    expect(await outcome(code)).toEqual(['completed', 'json', value]);
  });

  test('what nothing can settle ends as unsettled', async () => {
    expect(await outcome('await new Promise(() => {})')).toEqual(['unsettled', 'none', undefined]);
    expect(await outcome('new Promise(() => {})')).toEqual(['unsettled', 'none', undefined]);
  });
});

describe('handlers', () => {
  const handler = (code: string, inputs: unknown = null, language: 'javascript' | 'typescript' = 'javascript') =>
    outcome({ code, inputs, mode: 'handler', language });
  test.each([
    ['export default async (inputs, context) => inputs.n + Object.keys(context).length', '5'],
    ['export async function handler({ n }) { return n }', '2'],
    ['export default function answer({ n }) { return help(n) }\nfunction help(n) { return n * 3 }', '6'],
    ['export default function ({ n }) { return n }\n[1]', '2'],
    ['export const handler = ({ n }) => n', '2'],
    ['const f = (i) => i.n; export { f as handler }', '2'],
    ['const f = (i) => i.n; export { f as default }', '2'],
    ['const base = await 40; export default ({ n }) => base + n // end', '42'],
  ])('%s', async (code, value) => {
    expect(await handler(code, { n: 2 })).toEqual(['completed', 'json', value]);
  });

  test('TypeScript, no answer, no handler', async () => {
    expect(
      await handler('export default async (i: { n: number }): Promise<number> => i.n', { n: 1 }, 'typescript'),
    ).toEqual(['completed', 'json', '1']);
    expect(await handler('export default () => {}')).toEqual(['completed', 'none', undefined]);
    expect(await handler('const x = 1')).toEqual(['no-answer', 'none', undefined]);
    const { verdict } = await go({ code: 'function handler() {}', mode: 'handler' });
    expect(verdict?.error?.message).toContain('export default');
  });

  test('an answer ends the job: timers that are left do not hold it', async () => {
    const { verdict } = await go({
      code: 'export default () => { setTimeout(() => {}, 200_000); return 1 }',
      mode: 'handler',
    });
    expect(verdict?.end).toBe('completed');
  });
});

describe('TypeScript', () => {
  const typescript = (code: string) => go({ code, language: 'typescript' });
  test('types are taken out, enums and parameter properties transformed', async () => {
    expect((await typescript('const f = <T,>(x: T): T => x; interface A { b: 1 }\nf<number>(3) as number')).value).toBe(
      '3',
    );
    expect((await typescript('enum Colour { Red = 1, Green }\nawait Colour.Green')).value).toBe('2');
    expect(
      (await typescript('class A { constructor(private x: number) {} get() { return this.x } }\nnew A(4).get()')).value,
    ).toBe('4');
  });

  test('lines are those of the source, transformed or not', async () => {
    const plain = (await typescript('type A = {\n  b: 1\n}\nfunction f(): never {\n  throw new Error("x")\n}\nf()'))
      .verdict;
    expect(plain?.error).toEqual({
      name: 'Error',
      message: 'x',
      line: 5,
      stack: 'Error: x\n    at f (main.ts:5:9)\n    at main.ts:7:1',
    });
    const enumerated = (
      await typescript('enum A { B }\n\n\nfunction f(a: A): never {\n\n  throw new Error("x" + a)\n}\nf(A.B)')
    ).verdict;
    expect(enumerated?.error?.line).toBe(6);
    expect((await typescript('let a = 1;\nlet b: = 2')).verdict?.error).toMatchObject({ name: 'SyntaxError', line: 2 });
  });
});

describe('errors', () => {
  test.each<[code: string, name: string | undefined, message: unknown, line: number | undefined]>([
    ['\nnull.x', 'TypeError', "Cannot read properties of null (reading 'x')", 2],
    ['await 1;\n\nnope()', 'ReferenceError', 'nope is not defined', 3],
    ['let a = 1;\nlet b = ;', 'SyntaxError', "Unexpected token ';'", 2],
    ['await 1;\nlet b = ;', 'SyntaxError', "Unexpected token ';'", 2],
    ['JSON.parse("{")', 'SyntaxError', expect.stringContaining('JSON'), 1],
    ['1;\nreturn 2', 'SyntaxError', expect.stringContaining('last expression'), 2],
    ['await 1;\nreturn 2', 'SyntaxError', expect.stringContaining('last expression'), 2],
    ['1;\nimport x from "nothing"', 'Error', expect.stringContaining("Cannot find module 'nothing'"), 1],
    ['1;\nexport const a = 1', 'SyntaxError', expect.stringContaining('handler'), 2],
    ['1;\nawait import("nothing")', 'Error', expect.stringContaining("Cannot find module 'nothing'"), 2],
    ['throw "text"', undefined, 'text', undefined],
    ['throw { code: 1 }', 'Object', '{ code: 1 }', undefined],
    ['throw null', undefined, 'null', undefined],
    ['throw new (class Own extends Error { name = "Own" })("m")', 'Own', 'm', 1],
    ['throw { get message() { throw 1 }, get stack() { throw 2 } }', 'Object', expect.any(String), undefined],
    ['throw new Proxy({}, { get() { throw 1 } })', 'Object', expect.any(String), undefined],
    ['Promise.reject(new RangeError("unhandled")); 1', 'RangeError', 'unhandled', 1],
    ['Promise.reject({ a: 1 }); 1', 'Error', expect.stringContaining('not an Error'), undefined],
    ['setTimeout(() => {\n  throw new Error("late")\n}, 1); 1', 'Error', 'late', 2],
    ['queueMicrotask(() => { throw new Error("micro") }); 1', 'Error', 'micro', 1],
    ['processes.exit(0)', 'ReferenceError', 'processes is not defined', 1],
    ['throw new Error()', 'Error', 'Error was thrown without a message.', 1],
    ['Error.prepareStackTrace = () => { throw 1 }; nope()', 'ReferenceError', 'nope is not defined', undefined],
  ])('%s', async (code, name, message, line) => {
    expect(await failure(code)).toEqual(['threw', name, message, line]);
  });

  test('stacks hold the guest’s frames only, and texts are cut', async () => {
    const { verdict } = await go(
      'function inner() { throw new Error("deep") }\nconst outer = async () => { await 1; inner() }\nawait outer()',
    );
    expect(verdict?.error?.stack).toMatch(
      /^Error: deep\n {4}at inner \(main\.js:1:26\)\n {4}at outer \(main\.js:2:\d+\)/,
    );
    expect(verdict?.error?.stack).not.toMatch(/realm|node:|isolated|file:/);
    const long = (await go('throw new Error("x".repeat(1e6))')).verdict?.error;
    expect(long?.message.length).toBe(65_536);
    expect(long?.stack?.length).toBeLessThanOrEqual(65_536);
  });
});

describe('the realm', () => {
  test('console writes as Node does', async () => {
    const { stdout, stderr } = await go(`
      console.log('%s is %d years, %j', 'Bob', 42, { a: 1 }, 'extra');
      console.log({ a: { b: { c: { d: 1 } } }, f() {}, s: 'x' }, [undefined, null, -0], 5, true);
      console.info('a', 'b'); console.debug(new Map([['k', [1]]]));
      console.group('G'); console.log('in\\nside'); console.groupEnd(); console.log();
      console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
      console.count(); console.count(); console.assert(1 === 2, 'sum');
      console.error('bad'); console.warn(new Error('e').message);
    `);
    expect(stdout).toBe(
      [
        'Bob is 42 years, {"a":1} extra',
        "{ a: { b: { c: [Object] } }, f: [Function: f], s: 'x' } [ undefined, null, -0 ] 5 true",
        'a b',
        "Map(1) { 'k' => [ 1 ] }",
        'G',
        '  in',
        '  side',
        '',
        '┌─────────┬───┬─────┬──────┐',
        '│ (index) │ a │ b   │ c    │',
        '├─────────┼───┼─────┼──────┤',
        "│ 0       │ 1 │ 'x' │      │",
        '│ 1       │ 2 │     │ true │',
        '└─────────┴───┴─────┴──────┘',
        'default: 1',
        'default: 2',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('Assertion failed: sum\nbad\ne\n');
  });

  test('timers run in order, microtasks between them, and can be cleared', async () => {
    const { stdout } = await go(`
      const log = (x) => console.log(x);
      setTimeout(log, 20, 'late'); const dead = setTimeout(log, 5, 'dead'); clearTimeout(dead);
      setTimeout(() => { log('one'); Promise.resolve().then(() => log('micro')) }, 1);
      setTimeout(log, 1, 'two'); setImmediate(log, 'immediate'); queueMicrotask(() => log('first'));
      let n = 0; const every = setInterval(() => { log('tick'); if (++n === 2) clearInterval(every) }, 30);
      setTimeout(log, 60000, 'never').unref();
    `);
    expect(stdout.split('\n')).toEqual(['first', 'immediate', 'one', 'micro', 'two', 'late', 'tick', 'tick', '']);
  });

  test('web functions agree with Node', async () => {
    const code = `
      const text = 'aü€😀\\ud800z'; const bytes = new TextEncoder().encode(text);
      const decoder = new TextDecoder();
      const parts = [...new TextEncoder().encode('€😀')].map((b) => decoder.decode(Uint8Array.of(b), { stream: true })).join('');
      const url = new URL('../b?x=1&y=a%20b#h', 'https://u:p@Ex.org:8080/a/c/');
      url.searchParams.append('z', 'ä&'); url.port = '443'; url.hash = '';
      const signal = AbortSignal.abort(); const source = { d: new Date(1), m: new Map([[1, new Set([2])]]), b: new Uint8Array([1]) };
      source.self = source; const copy = structuredClone(source);
      [[...bytes], decoder.decode(bytes), new TextDecoder().decode(Uint8Array.of(0xff, 0xe2, 0x82, 0x41, 0xf0, 0x9f)), parts,
       btoa('hällo'), atob('aOT0bG8='), url.href, url.origin, url.searchParams.get('y'), URL.canParse('nope'),
       new URLSearchParams({ a: '1 2', b: 'ü' }).toString(), signal.aborted, signal.reason.name,
       copy !== source && copy.self === copy && copy.m.get(1).has(2) && copy.d.getTime() === 1 && copy.b[0] === 1,
       /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()),
       crypto.getRandomValues(new Uint32Array(4)).some((x) => x > 0), performance.now() >= 0]`;
    const bytes = [...new TextEncoder().encode('aü€😀\ud800z')];
    expect(JSON.parse((await go(code)).value ?? '')).toEqual([
      bytes,
      'aü€😀\ufffdz',
      '\ufffd\ufffdA\ufffd',
      '€😀',
      'aORsbG8=',
      atob('aOT0bG8='),
      'https://u:p@ex.org/a/b?x=1&y=a+b&z=%C3%A4%26',
      'https://ex.org',
      'a b',
      false,
      'a=1+2&b=%C3%BC',
      true,
      'AbortError',
      true,
      true,
      true,
      true,
    ]);
  });

  test('files go in, artifacts come out, and the limits of the disk hold', async () => {
    const code = `
      const { files } = context;
      files.write('output/copy.txt', files.read('data/in.txt').toUpperCase());
      files.write('/workspace/output/deep/bytes.bin', files.readBytes('data/bytes.bin').map((b) => b ^ 255));
      files.write('other.txt', 'not collected'); files.remove('data/bytes.bin');
      const tries = ['../x', '/etc/passwd', 'a//b', 'output', 'other.txt/x', 'n\\u0000'].map((path) => {
        try { files.write(path, 'x'); return 'written' } catch (error) { return error.message } });
      try { files.write('big', new Uint8Array(2 ** 21)) } catch (error) { tries.push(error.message) }
      try { for (let i = 0; ; i++) files.write('f' + i, 'x'.repeat(2 ** 20)) } catch (error) { tries.push(error.message) }
      [files.list().filter((name) => !/^f/.test(name)), tries]`;
    const { value, artifacts } = await go({
      code,
      files: { 'data/in.txt': 'héllo', 'data/bytes.bin': Uint8Array.of(0, 128, 255) },
      limits: { diskMb: 3, fileMb: 1 },
    });
    const [list, tries] = JSON.parse(value ?? '');
    expect(list).toEqual(['data/in.txt', 'other.txt', 'output/copy.txt', 'output/deep/bytes.bin']);
    expect(tries.slice(0, 3).every((text: string) => text.endsWith('is not a path under /workspace.'))).toBe(true);
    expect(tries.slice(3)).toEqual([
      'Cannot write "output": it is a folder.',
      'Cannot write "other.txt/x": "other.txt" is a file.',
      expect.stringContaining('is not a path'),
      expect.stringContaining('limits.fileMb'),
      expect.stringContaining('limits.diskMb'),
    ]);
    expect(artifacts).toEqual({ 'output/copy.txt': 'HÉLLO', 'output/deep/bytes.bin': String(Buffer.of(255, 127, 0)) });
  });
});
