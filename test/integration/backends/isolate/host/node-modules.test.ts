import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { makeBackend, run } from '../harness.ts';

const backend = makeBackend();
afterAll(() => backend.close());

/** What an expression gives, as text, here in Node and in the guest: bytes as hex, errors as name, code and message. */
const show = `((make) => {
  const { inspect } = require('util');
  const tell = (value) => value instanceof Uint8Array ? 'bytes ' + Buffer.from(value).toString('hex') : inspect(value, { depth: 5 });
  try { return tell(make()) } catch (error) { return [error.name, error.code, error.message].join(' ') }
})`;
const inNode = (expression: string): unknown =>
  new Function('require', `return ${show}(() => (${expression}))`)(createRequire(import.meta.url));

const expressions: Readonly<Record<string, readonly string[]>> = {
  Buffer: [
    'Buffer.from("aü€😀\\ud800z")',
    'Buffer.from("aü€😀", "utf16le")',
    'Buffer.from("häé", "latin1")',
    'Buffer.from("7468xx", "hex")',
    'Buffer.from("aGk_-w==", "base64")',
    'Buffer.from("aGk", "base64").toString()',
    'Buffer.from([1, 256, -1, 3.7, "5"])',
    'Buffer.from(new Uint16Array([1, 500]))',
    'Buffer.from(new Uint8Array([9, 8, 7]).buffer, 1, 1)',
    'Buffer.from({ type: "Buffer", data: [1, 2] })',
    'Buffer.from(new String("boxed"))',
    'Buffer.from(5)',
    'Buffer.from(null)',
    'Buffer.from("x", "nope")',
    'Buffer.alloc(5, "ab")',
    'Buffer.alloc(3, 7)',
    'Buffer.alloc(-1)',
    'Buffer.concat([Buffer.from("a"), new Uint8Array([1, 2])], 2)',
    'Buffer.byteLength("ü€")',
    'Buffer.compare(Buffer.from("a"), Buffer.from("ab"))',
    'Buffer.isBuffer(new Uint8Array(1)) || Buffer.isBuffer(Buffer.alloc(1))',
    'Buffer.from("hello")',
    'Buffer.from("hello").toString("base64")',
    'Buffer.from("hello>>>").toString("base64url")',
    'Buffer.from([200, 100]).toString("ascii")',
    'Buffer.from("hello").slice(1, -1).toString("latin1")',
    'Buffer.from("hello").subarray(-3)',
    'Buffer.from("hello").toJSON()',
    'JSON.stringify({ b: Buffer.from("ab") })',
    'Buffer.from("hello").indexOf("l")',
    'Buffer.from("hello").lastIndexOf("l")',
    'Buffer.from("hello").indexOf(Buffer.from("lo"), -2)',
    'Buffer.from("hello").includes(111)',
    'Buffer.from("hello").equals(Buffer.from("hello"))',
    'Buffer.from("hello").write("HEY", 1)',
    '(() => { const b = Buffer.alloc(4); b.write("aü€", 1); return b })()',
    'Buffer.from("abcd").swap16().toString()',
    'Buffer.from("abc").swap16()',
    'Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).readUInt32BE(1)',
    'Buffer.from([255, 2, 3, 4, 5, 6, 7, 8]).readInt16LE(0)',
    'Buffer.from([255, 254, 3, 4, 5, 6, 7, 8]).readBigInt64BE()',
    'Buffer.from([255, 254, 3, 4, 5, 6]).readIntLE(0, 6)',
    'Buffer.from([255, 254, 3, 4, 5, 6]).readUIntBE(1, 3)',
    'Buffer.from([1]).readUInt16LE(0)',
    'Buffer.from([1, 2]).readUInt8(5)',
    '(() => { const b = Buffer.alloc(8); b.writeDoubleBE(1.5); return b })()',
    '(() => { const b = Buffer.alloc(8); return [b.writeInt32LE(-2, 1), b] })()',
    'Buffer.alloc(2).writeUInt8(256)',
    'Buffer.from("abc").map((x) => x + 1)',
    'Buffer.from("abc").map((x) => x + 1) instanceof Buffer',
    '[...Buffer.from("abc").entries()]',
    'Object.prototype.toString.call(Buffer.from("a"))',
    'Buffer.from("x".repeat(60))',
    'Buffer.from("hello").compare(Buffer.from("hellp"))',
    '(() => { const t = Buffer.alloc(5, 46); return [Buffer.from("abc").copy(t, 1, 1), t.toString()] })()',
    'Buffer.from("abc").fill("xy", 1).toString()',
    'Buffer.of(1, 2)',
    'require("buffer").constants.MAX_LENGTH',
    'require("buffer").isUtf8(Buffer.from([0xff]))',
  ],
  path: [
    ...['a/../b', '/a//b/./c/..', '', '.', '../..', 'a/', '/..', './a'].map(
      (p) => `require('path').normalize(${JSON.stringify(p)})`,
    ),
    ...['/a/b.txt', 'a', '/', '', 'a/b/', '.profile', 'x.tar.gz', '/a', '..', 'a.'].flatMap((p) =>
      ['basename', 'dirname', 'extname', 'parse', 'isAbsolute'].map(
        (f) => `require('path').${f}(${JSON.stringify(p)})`,
      ),
    ),
    'require("path").join("a", "..", "/b", "", "c")',
    'require("path").join()',
    'require("path").resolve("/a", "b", "../c")',
    'require("path").relative("/a/b/c", "/a/d")',
    'require("path").basename("file.html", ".html")',
    'require("path").format({ dir: "/x", name: "y", ext: "z" })',
    'require("path").format({ root: "/", base: "y.z" })',
    'require("path").join(5)',
    'require("path").sep + require("path").posix.delimiter',
  ],
  querystring: [
    'require("querystring").parse("a=1&b=2&a=3&c&d=%20x+y&=z&e=%ff")',
    'require("querystring").stringify({ a: [1, "ü"], b: true, c: null, d: "x y", e: NaN })',
    'require("querystring").parse("a:1;b:2", ";", ":")',
    'require("querystring").escape("a b&c")',
  ],
  url: [
    'require("url").fileURLToPath("file:///a%20b/c")',
    'require("url").pathToFileURL("/a b/c#d?e%").href',
    'require("url").fileURLToPath("http://x/")',
    ...['http://u:p@Host.com:8080/a/b?x=1#h', '/only/path?q', 'mailto:a@b.c', 'http://x', '//h/p'].map(
      (u) => `JSON.stringify(require('url').parse(${JSON.stringify(u)}))`,
    ),
    'require("url").parse("http://x/?a=1&b=2", true).query.b',
    'require("url").format({ protocol: "https", hostname: "x.y", port: 8, pathname: "a", query: { q: 1 } })',
    'require("url").resolve("/one/two/three", "four")',
    'require("url").resolve("http://example.com/one", "/two")',
    'new (require("url").URL)("http://a/b").host',
  ],
  string_decoder: [
    '(() => { const d = new (require("string_decoder").StringDecoder)("utf8"); return [...Buffer.from("a€😀ü")].map((b) => d.write(Buffer.from([b]))).join("|") + d.end() })()',
    '(() => { const d = new (require("string_decoder").StringDecoder)("utf8"); return [d.write(Buffer.from([0xe2, 0x82])), d.end()] })()',
    '(() => { const d = new (require("string_decoder").StringDecoder)("base64"); return [d.write(Buffer.from("abcd")), d.end(Buffer.from("e"))] })()',
    '(() => { const d = new (require("string_decoder").StringDecoder)("utf16le"); return [d.write(Buffer.from([0x61])), d.write(Buffer.from([0, 0x3d, 0xd8])), d.end(Buffer.from([0, 0xde]))] })()',
  ],
  crypto: [
    'require("crypto").createHash("sha256").update("a").update(Buffer.from("b")).digest("hex")',
    'require("crypto").createHash("md5").update("ü").digest("base64")',
    'require("crypto").createHash("SHA-512").update("x").digest("hex").length',
    'require("crypto").createHmac("sha256", "key").update("data").digest("hex")',
    'require("crypto").createHmac("sha512", "k".repeat(200)).update("data").digest("base64url")',
    'require("crypto").createHmac("md5", Buffer.from([1])).update("").digest("hex")',
    'require("crypto").pbkdf2Sync("p", "s", 3, 50, "sha1").toString("hex")',
    'require("crypto").hash("sha1", "abc")',
    'require("crypto").timingSafeEqual(Buffer.from("a"), Buffer.from("b"))',
    'require("crypto").timingSafeEqual(Buffer.from("a"), Buffer.from("bc"))',
    'require("crypto").randomBytes(70000).length',
    'require("crypto").createHash("sha1").digest()',
    '(() => { const h = require("crypto").createHash("sha1"); h.digest(); return h.update("x") })()',
    'require("crypto").createHash("sha1").update(5)',
    '(() => { const h = require("crypto").createHash("sha384").update("x"); return [h.copy().digest("hex"), h.update("y").digest("hex")] })()',
    'Array.from({ length: 50 }, () => require("crypto").randomInt(3, 6)).every((n) => n >= 3 && n < 6)',
    '/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(require("crypto").randomUUID())',
  ],
  events: [
    '(() => { const E = require("events"); const e = new E(); const seen = []; e.on("x", (a) => seen.push(a)); e.once("x", (a) => seen.push([a])); e.prependListener("x", () => seen.push(0)); return [e.emit("x", 1), e.emit("x", 2), e.emit("y"), seen, e.listenerCount("x"), e.eventNames()] })()',
    'new (require("events"))().emit("error", new Error("boom"))',
    'new (require("events").EventEmitter)().emit("error", 5)',
    '(() => { class A extends require("events") {} ; const a = new A(); const f = () => 1; a.on("q", f).off("q", f); return a.listeners("q").length })()',
    '(() => { const E = require("events"); function Old() { E.call(this) } require("util").inherits(Old, E); const o = new Old(); let n = 0; o.on("a", function () { n += this === o ? 1 : 9 }); o.emit("a"); return n })()',
    'new (require("events"))().on("x", 5)',
  ],
  util: [
    'require("util").format("%s %d %j %o", "a", 1, { b: 2 }, [3])',
    'require("util").inspect({ a: new Map([[1, { b: [2] }]]) }, { depth: 0 })',
    'require("util").isDeepStrictEqual({ a: [1, new Set([2])] }, { a: [1, new Set([2])] })',
    'require("util").isDeepStrictEqual([1], ["1"])',
    'require("util").isDeepStrictEqual(new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]]))',
    'require("util").isDeepStrictEqual(new Date(1), new Date(2))',
    'require("util").isDeepStrictEqual(new Uint8Array([1]), new Uint8Array([1]))',
    'require("util").isDeepStrictEqual([undefined], [,])',
    'require("util").types.isPromise(Promise.resolve()) && require("util").types.isRegExp(/x/) && require("util").types.isTypedArray(new Int8Array(1))',
    'require("util").types.isAsyncFunction(async () => 1)',
    'require("util").stripVTControlCharacters("\\u001b[31mx\\u001b[0m")',
    'require("util").styleText("red", "x")',
    'require("util").styleText(["bold", "red"], "x", { validateStream: false })',
    'require("util").promisify(5)',
  ],
  assert: [
    'require("assert")(1)',
    'require("assert").strictEqual(1, 2)',
    'require("assert").strictEqual(1, 1)',
    'require("assert").deepStrictEqual({ a: 1 }, { a: 1 })',
    'require("assert").deepEqual([1, "2"], ["1", 2])',
    'require("assert").throws(() => { throw new TypeError("bad") }, TypeError)',
    'require("assert").throws(() => { throw new TypeError("bad") }, /bad/)',
    'require("assert").throws(() => { throw new TypeError("bad") }, { message: "bad", name: "TypeError" })',
    'require("assert").throws(() => {})',
    'require("assert").equal(1, 2, "my message")',
    'require("assert").ok(0, "my message")',
    'require("assert").fail()',
    'require("assert").match("abc", /b/)',
    'require("assert").notStrictEqual(1, 2)',
    'require("assert").ifError(null)',
  ],
  modules: [
    'require.main === module',
    'typeof require("fs").promises.readFile + typeof require("node:fs/promises").writeFile',
    'require("timers/promises").setTimeout(1) instanceof Promise',
    'require("os").EOL',
    '[typeof __filename, typeof __dirname, typeof exports, global === globalThis]',
    'Object.getOwnPropertyDescriptor(globalThis, "process").enumerable',
    '[process.platform, process.argv.length, process.hrtime().length, typeof process.hrtime.bigint(), typeof process.uptime()]',
    'process.exitCode = "x"',
    'require(5)',
  ],
};

/** Where a guest is to differ, and how. */
const differences: Readonly<Record<string, unknown>> = {
  'require.main === module': 'true',
  '[typeof __filename, typeof __dirname, typeof exports, global === globalThis]':
    "[ 'string', 'string', 'object', true ]",
  'require("assert").strictEqual(1, 2)':
    'AssertionError ERR_ASSERTION Expected values to be strictly equal:\n\n1 !== 2\n',
  '[process.platform, process.argv.length, process.hrtime().length, typeof process.hrtime.bigint(), typeof process.uptime()]':
    "[ 'linux', 2, 2, 'bigint', 'number' ]",
};

describe.each(Object.entries(expressions))('%s', (_name, list) => {
  test('answers as Node does', async () => {
    const code = `const show = ${show};\n[${list.map((each) => `show(() => (${each}))`).join(',\n')}]`;
    const said = await run(backend, { code, limits: { timeoutMs: 60_000 } });
    expect(said.verdict?.error).toBeUndefined();
    const answers = JSON.parse(said.value ?? '[]') as unknown[];
    const pairs = list.map((each, index) => [each, answers[index]]);
    expect(pairs).toEqual(list.map((each) => [each, each in differences ? differences[each] : inNode(each)]));
  });
});

test('hashes of all lengths around their blocks are those of Node', async () => {
  const { createHash, createHmac } = await import('node:crypto');
  const lengths = Array.from({ length: 270 }, (_, index) => index);
  const names = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 255);
  const wanted = names.map((name) =>
    lengths.map((length) => [
      createHash(name).update(bytes(length)).digest('hex'),
      createHmac(name, bytes(length))
        .update(bytes(270 - length))
        .digest('hex'),
    ]),
  );
  const { value } = await run(backend, {
    limits: { timeoutMs: 60_000 },
    code: `
      const { createHash, createHmac } = require('crypto');
      const bytes = ${bytes};
      ${JSON.stringify(names)}.map((name) => Array.from({ length: 270 }, (_, length) => {
        const [whole, cut] = [bytes(length), length % 7];
        const first = createHash(name).update(whole.subarray(0, cut)).update(whole.subarray(cut));
        return [first.digest('hex'), createHmac(name, whole).update(bytes(270 - length)).digest('hex')];
      }))`,
  });
  expect(JSON.parse(value ?? '')).toEqual(wanted);
});

describe('files', () => {
  test('fs reads and writes the files of the job', async () => {
    const code = `
      const fs = require('fs');
      const fsp = require('fs/promises');
      const seen = [];
      seen.push(fs.readFileSync('in/a.txt', 'utf8'), fs.readFileSync('/workspace/in/a.txt').length);
      fs.mkdirSync('output/deep/er', { recursive: true });
      fs.writeFileSync('output/deep/er/b.txt', 'one\\n');
      for (let i = 0; i < 2000; i += 1) fs.appendFileSync('output/deep/er/b.txt', 'line ' + i + '\\n');
      seen.push(fs.statSync('output/deep/er/b.txt').size, fs.existsSync('output/deep'), fs.existsSync('nope'));
      seen.push(fs.readdirSync('.'), fs.readdirSync('output', { recursive: true }));
      seen.push(fs.readdirSync('output', { withFileTypes: true }).map((e) => [e.name, e.isDirectory()]));
      fs.renameSync('in/a.txt', 'output/c.txt'); fs.copyFileSync('output/c.txt', 'output/d.txt'); fs.unlinkSync('output/c.txt');
      await fsp.writeFile('output/e.bin', new Uint8Array([255, 0]));
      seen.push(await fsp.readFile('output/e.bin', 'hex'));
      seen.push(await new Promise((done) => fs.readFile('output/d.txt', 'utf8', (error, text) => done([error, text]))));
      fs.rmSync('output/deep', { recursive: true });
      for (const act of [
        () => fs.readFileSync('nope'), () => fs.readFileSync('output'), () => fs.writeFileSync('no/such/file', ''),
        () => fs.writeFileSync('/tmp/x', ''), () => fs.mkdirSync('output'), () => fs.rmdirSync('output'), () => fs.readdirSync('output/d.txt'),
        () => fs.readFileSync('../../etc/passwd'), () => fs.openSync('x'), () => fs.unlinkSync('nope'), () => fs.writeFileSync('x', 5),
      ]) try { act(); seen.push('done') } catch (error) { seen.push(error.code) }
      const out = fs.createWriteStream('output/f.txt'); out.write('a'); out.end('b'); await new Promise((done) => out.on('finish', done));
      for await (const chunk of fs.createReadStream('output/f.txt', 'utf8')) seen.push(chunk);
      fs.writeSync(1, 'to stdout\\n');
      seen`;
    const { value, artifacts, stdout, verdict } = await run(backend, { code, files: { 'in/a.txt': 'hällo' } });
    expect(verdict?.error).toBeUndefined();
    const size = 'one\n'.length + Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join('').length;
    expect(JSON.parse(value ?? '')).toEqual([
      ...['hällo', 6, size, true, false],
      ['in', 'output'],
      ['deep', 'deep/er', 'deep/er/b.txt'],
      [['deep', true]],
      'ff00',
      [null, 'hällo'],
      ...['ENOENT', 'EISDIR', 'ENOENT', 'EACCES', 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'ENOENT'],
      ...['ERR_FEATURE_UNAVAILABLE', 'ENOENT', 'ERR_INVALID_ARG_TYPE', 'ab'],
    ]);
    expect(artifacts).toEqual({
      'output/d.txt': 'hällo',
      'output/e.bin': String(Buffer.of(255, 0)),
      'output/f.txt': 'ab',
    });
    expect(stdout).toBe('to stdout\n');
  });

  test('require finds files of the workspace', async () => {
    const files = {
      'lib/add.js': 'const { one } = require("./one"); exports.add = (n) => n + one; exports.where = __filename;',
      'lib/one.json': '{ "one": 1 }',
      'lib/fails.js': '\nthrow new Error("in a module")',
      'lib/index.js': 'module.exports = require("../lib/add.js")',
    };
    const code = `const a = require('./lib/add'); const b = require('/workspace/lib'); const { default: c } = await import('./lib/one.json');
      [a.add(1), a === b, a.where, c, require('./lib/one.json').one]`;
    expect((await run(backend, { code, files })).value).toBe('[2,true,"/workspace/lib/add.js",{"one":1},1]');
    const failed = await run(backend, { code: 'require("./lib/fails")', files });
    expect(failed.verdict?.error).toMatchObject({ message: 'in a module' });
    const missing = await run(backend, { code: 'require("./lib/nope")', files });
    expect(missing.verdict?.error?.message).toBe(
      "Cannot find module './lib/nope': the workspace has no such file; pass it in files.",
    );
  });
});

describe('process', () => {
  test.each<[code: string, exitCode: number | undefined, stdout: string]>([
    ['console.log(1); process.exit(3); console.log(2)', 3, '1\n'],
    ['try { process.exit(2) } catch {} finally { console.log("no") }', 2, ''],
    ['setTimeout(() => { console.log("a"); process.exit() }, 1); setTimeout(() => console.log("b"), 2000)', 0, 'a\n'],
    ['Promise.resolve().then(() => process.exit(5)); await new Promise(() => {})', 5, ''],
    ['[1].map(() => process.exit(300))', 44, ''],
    ['process.exitCode = 9; "value"', 9, ''],
    ['process.on("exit", (code) => console.log("bye", code)); process.exit(1)', 1, 'bye 1\n'],
    ['process.on("exit", () => { process.exitCode = 7 }); 1', 7, ''],
    ['({ toJSON() { process.exit(6) } })', 6, ''],
    ['process.stdout.write("raw"); process.stderr.write("x"); process.exit(0)', 0, 'raw'],
  ])('%s', async (code, exitCode, stdout) => {
    const said = await run(backend, code);
    expect([said.verdict?.end, said.verdict?.exitCode, said.stdout]).toEqual(['exited', exitCode, stdout]);
  });

  test('stdin is read in all the usual ways', async () => {
    const ways = [
      'let all = ""; process.stdin.setEncoding("utf8"); process.stdin.on("data", (c) => { all += c }); await new Promise((d) => process.stdin.on("end", d)); all',
      'const parts = []; for await (const chunk of process.stdin) parts.push(chunk); Buffer.concat(parts).toString()',
      'require("fs").readFileSync(0, "utf8")',
      'require("fs").readFileSync("/dev/stdin").toString()',
      'const lines = []; for await (const l of require("readline").createInterface({ input: process.stdin })) lines.push(l); lines.join("\\n") + "\\n"',
      'const rl = require("readline").createInterface({ input: process.stdin }); const lines = []; rl.on("line", (l) => lines.push(l)); await new Promise((d) => rl.on("close", d)); lines.join("\\n") + "\\n"',
      'const rl = require("readline/promises").createInterface(process.stdin, process.stdout); const a = await rl.question("?"); const b = await rl.question("?"); rl.close(); a + "\\n" + b + "\\n"',
      'let all = ""; process.stdin.on("readable", () => { let c; while ((c = process.stdin.read()) !== null) all += c }); await new Promise((d) => process.stdin.on("end", d)); all',
      'context.stdin',
    ];
    for (const code of ways)
      expect((await run(backend, { code, stdin: 'eins ü\nzwei\n' })).value, code).toBe('"eins ü\\nzwei\\n"');
    for (const code of ways.slice(0, 4)) expect((await run(backend, { code })).value, code).toBe('""');
  });

  test('env has the variables of the call, as texts', async () => {
    const code =
      'process.env.N = 5; [process.env.A, process.env.N, process.env.PATH ?? null, Object.keys(process.env)]';
    expect((await run(backend, { code, env: { A: '1' } })).value).toBe('["1","5",null,["A","N"]]');
  });
});

test('module.exports is a handler in handler mode, and imports of every form work', async () => {
  for (const code of [
    'module.exports = async ({ n }) => n',
    'exports.handler = ({ n }) => n',
    'module.exports = { default: ({ n }) => n }',
  ])
    expect((await run(backend, { code, mode: 'handler', inputs: { n: 4 } })).value).toBe('4');
  const code = `import fs, { existsSync as there } from 'node:fs'
import * as path from 'path'; import 'events'
import assert from 'node:assert/strict'
const { join } = await import('node:path')
assert.equal(typeof there, 'function')
;[fs.existsSync('x'), path.basename('a/b'), join('a', 'b')]`;
  expect((await run(backend, code)).value).toBe('[false,"b","a/b"]');
  const typed = await run(backend, {
    code: "import { join } from 'path';\nconst a: string = join('a', 'b');\na",
    language: 'typescript',
  });
  expect(typed.value).toBe('"a/b"');
  const wrong = await run(backend, "import { nothing } from 'path'; 1");
  expect(wrong.verdict?.error).toMatchObject({ name: 'SyntaxError', message: expect.stringContaining("'nothing'") });
});

test('what is not there says what to use instead', async () => {
  for (const [name, words] of [
    ['child_process', 'Bash or Python'],
    ['node:http', 'fetch'],
    ['express', 'cannot serve'],
    ['left-pad', 'packages cannot be installed here'],
    ['constructor', 'packages cannot be installed here'],
  ]) {
    const said = await run(backend, `require(${JSON.stringify(name)})`);
    expect(said.verdict?.error?.message).toContain(words);
  }
});

test('inspect and format agree with Node on what is printed most', async () => {
  const things = [
    '[1, , 3]',
    '{ a: { b: { c: { d: 1 } } } }',
    'new Set([1])',
    'class A {}',
    'Symbol("s")',
    '[new Date(0), /x/g, null]',
  ];
  const code = `[${things.map((each) => `require('util').inspect((${each}))`).join(', ')}]`;
  const values = things.map((each) => inspect(new Function(`return (${each})`)()));
  expect(JSON.parse((await run(backend, code)).value ?? '')).toEqual(values);
});
