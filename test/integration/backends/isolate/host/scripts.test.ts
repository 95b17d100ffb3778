import { constants, createContext, Script } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { makeBackend, run } from '../harness.ts';

const backend = makeBackend();
afterAll(() => backend.close());

/** Programs after those of test262: what a script binds, what is strict, what its value is, what does not parse. */
const programs: readonly string[] = [
  // Global bindings.
  '"use strict"; function f() {} typeof globalThis.f',
  '"use strict"; var v = 1; globalThis.v',
  '"use strict"; var v = 1; delete globalThis.w; Object.getOwnPropertyDescriptor(globalThis, "v").configurable',
  'var v = 1; Object.getOwnPropertyDescriptor(globalThis, "v").configurable',
  'function f() {} Object.getOwnPropertyDescriptor(globalThis, "f").configurable',
  'var v = 1; delete v',
  'v = 1; delete v',
  'let l = 1; (0, eval)("l")',
  'let l = 1; globalThis.l === undefined',
  'const c = 1; new Function("return c")()',
  'class K {} (0, eval)("typeof K")',
  'let l = 1; (0, eval)("l = 2"); l',
  'const c = 1; (0, eval)("c = 2")',
  '(0, eval)("var x = 1"); x',
  'try { l } catch (e) { e.name } let l = 1',
  '(0, eval)("typeof l"); let l',
  'var undefined = 1; undefined',
  'let NaN = 1; NaN',
  'var x; let x',
  'let x; var x',
  'function x() {} let x',
  'let x; { var x }',
  'const x',
  'f(); function f() { return 3 } f()',
  'typeof g; { function g() {} } typeof g',
  '"use strict"; { function g() {} } typeof g',
  'this === globalThis',
  '"use strict"; this === globalThis',
  '(function () { return this === globalThis })()',
  '"use strict"; (function () { return this })()',
  'var arguments = 5; arguments',
  'x = 1; typeof x',
  '"use strict"; undeclared = 1',
  // Directives and strictness.
  '"use strict"; var n = 010; n',
  'var n = 010; n',
  '"use strict"; with ({}) {}',
  'with ({ a: 4 }) a',
  '"use strict"; var v; delete v',
  '"use strict"; arguments = 1',
  '"use strict"; eval = 1',
  '"use strict"; let public_ = 1; public_',
  '"use strict"; var public = 1',
  'var public = 1; public',
  '"use strict"; function f(a, a) {}',
  'function f(a, a) { return a } f(1, 2)',
  '"use strict"; ({ a: 1, a: 2 })',
  '"use strict"; "\\010"',
  '"\\010"; "use strict"',
  '"\\07"; "use strict"; with ({}) {}',
  '/* c */ "use strict"; // c\nwith ({}) {}',
  '"other"; "use strict"; with ({}) {}',
  '("use strict"); with ({}) { 2 }',
  '"use\\u0020strict"; with ({}) { 3 }',
  "'use strict'; with ({}) {}",
  '"use strict" + 1; with ({}) { 5 }',
  'function f() { "use strict"; return this } f()',
  '"use strict"; Object.freeze([]).push(1)',
  'Object.freeze({ a: 1 }).a = 2',
  '"use strict"; Object.freeze({ a: 1 }).a = 2',
  '"use strict"; NaN = 1',
  'NaN = 1; NaN',
  // Completion values.
  '1; ;',
  '1; {}',
  '1; var x = 2',
  '1; function f() {}',
  'if (1) 2; else 3',
  '4; if (0) 5',
  'do { 6; break } while (0)',
  'for (var i = 0; i < 3; i++) i',
  'for (var i = 0; i < 3; i++) { i; continue }',
  'while (0) 1',
  'l: { 7; break l; 8 }',
  'switch (1) { case 1: 9; case 2: 10 }',
  'switch (1) { case 1: 9; break }',
  'try { 11 } finally { 12 }',
  'try { throw 1 } catch { 13 } finally { 14 }',
  'eval("15; var y")',
  'var s = ""; for (var k in { a: 1, b: 2 }) s += k',
  'for (const x of [1, 2]) x * 2',
  'throw 1',
  // Syntax.
  '#!/usr/bin/env node\n1',
  '1 <!-- 2\n',
  'var a = 1\n--> a comment\na',
  'let\nx = 1; x',
  'var a = 1\n++a\na',
  'return 1',
  'await 1',
  'var await = 3; await',
  'yield = 4; yield',
  'let async = 5; async',
  'new.target',
  'super.x',
  'import.meta',
  'break',
  'a: a: 1',
  '({ __proto__: null, __proto__: null })',
  '1 = 2',
  'for (let let of []) 1',
  '`a${1}b`',
  '((a, b = a) => [a, b])(1)',
  '[...[1, 2], ...new Set([3])]',
  '(({ a, ...rest }) => rest)({ a: 1, b: 2 })',
  'class A { #x = 1; static s = 2; get x() { return this.#x } static { this.t = 3 } } [new A().x, A.s, A.t]',
  'function* g() { yield 1; return 2 } [...g()]',
  'a?.b',
  'null ?? 5',
  'let z = null; z ??= 6; z',
  '2 ** -1',
  '-2 ** 2',
  '/(?<y>\\d{4})/u.exec("in 2024").groups.y',
  '/[\\p{L}--[a-z]]/v.test("A")',
  '0b11 + 0o17 + 1_000',
  '1__0',
  '[1, 2, 3].at(-1)',
  'Object.groupBy([1, 2, 3], (x) => (x % 2 ? "odd" : "even"))',
  '[3, 1, 2].toSorted()',
  'label: for (;;) { for (;;) { break label } } 16',
  '[typeof Symbol.asyncIterator, typeof globalThis, typeof structuredClone]',
  'var { length } = "abc"; length',
  'var f = function () {}; f.name',
  '(() => {}).name + (class {}).name',
  '(function () { return typeof arguments })(1)',
  'new Error("x", { cause: 1 }).cause',
  '"\\u{1F600}".length',
  'new Date(0).toISOString()',
  '(function () { try { return 1 } finally { return 2 } })()',
];

/** What a guest answers differently, and why that is meant. */
const differences: Readonly<Record<string, string>> = {
  // A script that awaits is a function around it, as a module would be.
  'await 1': 'json 1',
};

const inNode = (code: string): string => {
  let value: unknown;
  try {
    // An ordinary global object: one that is made of another object has accessors in between.
    const context = createContext(constants.DONT_CONTEXTIFY);
    context.structuredClone = structuredClone;
    value = new Script(code).runInContext(context);
  } catch (error) {
    return `threw ${(error as Error | undefined)?.name ?? ''}`;
  }
  if (Number.isNaN(value)) return 'repr NaN';
  return value === undefined ? 'none ' : `json ${JSON.stringify(value)}`;
};

describe('a script', () => {
  test('binds, is strict and has its value as one of Node', async () => {
    const told: [code: string, answer: string][] = [];
    for (const code of programs) {
      const { verdict, value, end } = await run(backend, code);
      const name = verdict?.error?.name ?? '';
      told.push([code, end ? 'lost' : verdict?.end === 'threw' ? `threw ${name}` : `${verdict?.value} ${value ?? ''}`]);
    }
    expect(told).toEqual(programs.map((code) => [code, differences[code] ?? inNode(code)]));
  });

  test.each<[code: string, end: unknown]>([
    ['"use strict";\n// await\nvar n = 010; n', ['threw', 'SyntaxError', 3]],
    ['"use strict"; await 0; with ({}) {}', ['threw', 'SyntaxError', 1]],
    ['"use strict";\nawait 0; var v;\ndelete v', ['threw', 'SyntaxError', 3]],
    ['/* await */ "use strict"; (function () { return this === undefined })()', '[true]'],
    ['"use strict"; await 0; (function () { return this === undefined })()', '[true]'],
    ['await 0; (function () { return this === globalThis })()', '[true]'],
    ['await using r = { async [Symbol.asyncDispose]() {} }; 1', '[1]'],
    ['using r = { [Symbol.dispose]() { seen.push(2) } }; var seen = [1]; seen', '[[1,2]]'],
    ['await 0; using r = { [Symbol.dispose]() {} }; 3', '[3]'],
    ['{a: 1, b: 2}', '[{"a":1,"b":2}]'],
    ['{}', '[{}]'],
    ['{ a: 1 }', '[{"a":1}]'],
    ['const x = 1\n{a: x, b: [2]}', '[{"a":1,"b":[2]}]'],
    ['const x = 1;\n{\n  "a": x,\n  "b": { c: 2 }\n}\n', '[{"a":1,"b":{"c":2}}]'],
    ['{ let x = 1; x + 1 }', '[2]'],
    ['for (const x of [1])\n{\n x\n}', '[1]'],
    ['{a: 1, b: }', ['threw', 'SyntaxError', 1]],
  ])('%s', async (code, end) => {
    const { verdict, value } = await run(backend, code);
    const { error } = verdict ?? {};
    expect(error ? [verdict?.end, error.name, error.line] : `[${value}]`).toEqual(end);
  });

  test('an object alone is one in TypeScript too', async () => {
    const said = await run(backend, { code: '{a: 1 as number, b: 2}', language: 'typescript' });
    expect(said.verdict?.end).toBe('threw');
    const plain = await run(backend, { code: '{a: 1, b: 2}', language: 'typescript' });
    expect(plain.value).toBe('{"a":1,"b":2}');
  });

  test('a large source with the word import in a comment runs', async () => {
    const line = 'total += [1, 2, 3].map((x) => ({ value: x * 2 })).reduce((sum, { value }) => sum + value, 0);\n';
    const code = `// import\nlet total = 0;\n${line.repeat(10_000)}total`;
    expect(code.length).toBeGreaterThan(930_000);
    const { value, verdict } = await run(backend, { code, limits: { timeoutMs: 60_000 } });
    expect([verdict?.error, value]).toEqual([undefined, '120000']);
  });
});
