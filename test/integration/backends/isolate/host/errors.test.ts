import { createEngine, type Session } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Given, makeBackend, run } from '../harness.ts';

const backend = makeBackend();
const engine = createEngine({ docker: false });
afterAll(() => Promise.all([backend.close(), engine.close()]));
const failed = async (given: Given | string) => (await run(backend, given)).verdict?.error;

describe('an error', () => {
  test.each<[code: string, stack: string]>([
    [
      'throw new Error("o", { cause: new Error("i") })',
      'Error: o\n    at main.js:1:7 {\n  [cause]: Error: i\n      at main.js:1:31\n}',
    ],
    [
      'await 1;\nthrow new Error("o", { cause: { why: [1] } })',
      'Error: o\n    at main.js:2:7 {\n  [cause]: { why: [ 1 ] }\n}',
    ],
    [
      'function f() { throw new AggregateError([new Error("a"), 5], "both") }\nf()',
      'AggregateError: both\n    at f (main.js:1:22)\n    at main.js:2:1 {\n  [errors]: [\n    Error: a\n        at f (main.js:1:42)\n        at main.js:2:1,\n    5\n  ]\n}',
    ],
    [
      'throw Object.assign(new TypeError("x"), { code: "E_X" })',
      "TypeError: x\n    at main.js:1:21 {\n  code: 'E_X'\n}",
    ],
    [
      'async function f() { await 1; throw new Error("late", { cause: 1 }) }\nf(); 2',
      'Error: late\n    at f (main.js:1:37) {\n  [cause]: 1\n}',
    ],
    [
      'setTimeout(() => { throw new Error("t", { cause: 2 }) }, 1)',
      'Error: t\n    at Timeout.<anonymous> (main.js:1:26) {\n  [cause]: 2\n}',
    ],
    [
      '"use strict"; globalThis.x = 1; throw new Error("o", { cause: 1 })',
      'Error: o\n    at main.js:1:39 {\n  [cause]: 1\n}',
    ],
    [
      '[1].map(() => JSON.parse("{"))',
      expect.stringMatching(/^SyntaxError: .*\n {4}at main\.js:1:20\n {4}at main\.js:1:5$/),
    ],
    [
      'class A { static m() { new B() } } class B { constructor() { null.x } } A.m()',
      expect.stringContaining('at new B (main.js:1:67)\n    at A.m (main.js:1:24)'),
    ],
  ])('%s', async (code, stack) => {
    expect((await failed(code))?.stack).toEqual(stack);
  });

  test('shows a guest its own frames only, and its own places', async () => {
    const code = `
      const told = [];
      const tell = (error) => told.push(error.stack.split('\\n').slice(1).join('|').replaceAll('    at ', ''));
      try { context.files.read('nope') } catch (error) { tell(error) }
      try { new URL(':') } catch (error) { tell(error) }
      try { require('fs').readFileSync('nope') } catch (error) { tell(error) }
      function f() { tell(new Error('x')) }
      [1].forEach(f); await 1; f();
      await new Promise((done) => setTimeout(() => { f(); done() }, 1));
      told`;
    const { value } = await run(backend, code);
    expect(JSON.parse(value ?? '')).toEqual([
      'main.js:4:27',
      'main.js:5:13',
      'main.js:6:27',
      'f (main.js:7:27)|main.js:8:11',
      'f (main.js:7:27)|main.js:8:32',
      'f (main.js:7:27)|Timeout.<anonymous> (main.js:9:54)',
    ]);
  });

  test('has its own line in TypeScript, below enums and parameter properties too', async () => {
    const code = `enum A { B }
namespace N { export const y = 1 }
class P { constructor(private x: number) {} }
function f(): string {
  return new Error('here').stack as string;
}
console.log(new Error('logged'));
f()`;
    const { value, stdout } = await run(backend, { code, language: 'typescript' });
    expect(JSON.parse(value ?? '')).toBe('Error: here\n    at f (main.ts:5:10)\n    at main.ts:8:1');
    expect(stdout).toBe('Error: logged\n    at main.ts:7:13\n');
    const awaited = await failed({ code: `${code};\nawait 1;\nnull!.x`, language: 'typescript' });
    expect(awaited?.line).toBe(10);
  });

  test('that is no Error has a name, and every error has a message', async () => {
    expect(await failed('class Oops { why = 1 } throw new Oops()')).toMatchObject({
      name: 'Oops',
      message: 'Oops { why: 1 }',
    });
    expect(await failed('throw { name: "Mine", message: "m" }')).toMatchObject({ name: 'Mine', message: 'm' });
    expect(await failed('throw [1]')).toMatchObject({ name: 'Array', message: '[ 1 ]' });
    expect(await failed('throw new TypeError()')).toMatchObject({
      name: 'TypeError',
      message: 'TypeError was thrown without a message.',
    });
    expect((await failed('throw ""'))?.message).toBe('A value was thrown without a message.');
  });

  test('of a guest that takes the writing of stacks from the realm is put right by the host', async () => {
    const code = 'Error.prepareStackTrace = undefined;\nawait 1;\nfunction f() { null.x }\nf()';
    expect((await failed(code))?.stack).toBe(
      "TypeError: Cannot read properties of null (reading 'x')\n    at f (main.js:3:21)\n    at main.js:4:1",
    );
  });
});

describe.each(['javascript', 'typescript'] as const)('in a session of %s', (language) => {
  let session: Session;
  const file = language === 'javascript' ? 'main.js' : 'main.ts';
  beforeAll(async () => {
    session = await engine.openSession({ language });
  });
  afterAll(() => session.close());

  test('what does not parse has its line and a clean message', async () => {
    for (const [code, line] of [
      ['const a=1;\nconst b = ;', 2],
      ['1;\nlet q = a b;', 2],
      ['await 1;\n\nlet r = ;', 3],
      ['class {', 1],
    ] as const) {
      const { error } = await session.execute(code);
      expect([error?.name, error?.line], code).toEqual(['SyntaxError', line]);
      expect(`${error?.message}${error?.stack}`).not.toMatch(/main\.|\[\d+\]|realm/);
    }
  });

  test('frames of earlier calls are at their own places', async () => {
    const types = language === 'typescript' ? ['enum E { A, B }\n', ': void'] : ['', ''];
    const first = await session.execute(
      `${types[0]}const x = 1; let y = 2; function broken()${types[1]} {\n  null.x\n}\n1`,
    );
    const second = await session.execute('const z = 1;\nbroken()');
    const number = first.session?.call ?? 0;
    const line = language === 'typescript' ? 3 : 2;
    expect(second.error?.stack).toBe(
      `TypeError: Cannot read properties of null (reading 'x')\n    at broken (${file}[${number}]:${line}:8)\n    at ${file}[${number + 1}]:2:1`,
    );
    expect(second.error?.line).toBe(2);
  });

  test('process.exit ends the call and not the session', async () => {
    await session.execute('var kept = 5');
    const left = await session.execute('console.log("a"); process.exit(3); console.log("b")');
    expect(left).toMatchObject({
      exitCode: 3,
      stdout: 'a\n',
      error: { code: 'NONZERO_EXIT' },
      session: { state: 'kept' },
    });
    expect((await session.execute('process.exitCode = 2; 1')).exitCode).toBe(2);
    expect((await session.execute('[kept, process.exitCode ?? null]')).value).toEqual([5, null]);
  });

  test('imports stay, and each call has its own stdin and env', async () => {
    await session.execute("import { join } from 'node:path'; const fs = require('fs'); fs.writeFileSync('a.txt', 'x')");
    const code =
      'let all = ""; for await (const c of process.stdin) all += c; [join("a", "b"), fs.readFileSync("a.txt", "utf8"), all]';
    expect((await session.execute({ code, stdin: 'one' })).value).toEqual(['a/b', 'x', 'one']);
    expect((await session.execute({ code, stdin: 'two' })).value).toEqual(['a/b', 'x', 'two']);
  });
});

describe('a hint', () => {
  test.each<[code: string, words: string, language?: 'typescript']>([
    ['const a = require("axios")', 'use fetch, if the call may reach addresses'],
    ['import _ from "lodash"', 'the methods of arrays and objects'],
    ['document.querySelector("a")', 'there is no page here'],
    ['window.x = 1', 'globalThis has the global names'],
    ['await fetch("https://example.com")', 'the caller can allow some (network.allow)'],
    ['const x = 1;\nreturn x', 'the value of a script is its last expression'],
    ['function f() { await g() }', 'write "async" before the function'],
    ['const App = () => <div>hi</div>', 'JSX is not available'],
    ['function App() {\n  return <App name="x" />\n}', 'JSX is not available', 'typescript'],
    ['@sealed\nclass A {}', 'decorators are not available'],
    ['class A {\n  @log\n  m() {}\n}', 'decorators are not available', 'typescript'],
    ['const x: number = 1', 'run it with language "typescript"'],
    ['interface A { b: string }', 'run it with language "typescript"'],
    ['def f(x):\n    return x', 'run it with language "python"'],
    ['print(1)', 'use console.log'],
    ['x = None', 'JavaScript writes null'],
    ['const s = “hi”', 'typographic quotes'],
    ['```js\nconsole.log(1)\n```', 'Markdown fence'],
    ['function f() {\n  return [1, 2', 'is not closed'],
    ['function f() { return f() } f()', 'calls itself too often'],
    ['crypto.createHash("md5")', "use require('crypto')"],
    ['localStorage.setItem("a", 1)', 'keep values in variables'],
    ['require("fs").readFileSync("data.csv")', 'the workspace has no files'],
  ])('%s', async (code, words, language = 'javascript' as never) => {
    const error = await failed({ code, language });
    expect(error?.message).toContain(words);
    if (error?.stack?.includes(':')) expect(error.stack).toContain(words);
  });

  test('is not given to an error that a guest made up', async () => {
    expect((await failed('throw new Error("document is not defined")'))?.message).toBe('document is not defined');
  });
});
