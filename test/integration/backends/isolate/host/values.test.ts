import { afterAll, expect, test } from 'vitest';
import { makeBackend, run } from '../harness.ts';

const backend = makeBackend();
afterAll(() => backend.close());

/** The table of docs/javascript.md: what a value becomes, alone and inside of others. */
test.each<[code: string, kind: string, text: string]>([
  ['[new Map([[1, 2]]), NaN, undefined]', 'repr', '[ Map(1) { 1 => 2 }, NaN, undefined ]'],
  ['[() => 1]', 'repr', '[ [Function (anonymous)] ]'],
  ['({ a: [new Set([1])] })', 'repr', '{ a: [ Set(1) { 1 } ] }'],
  ['[1, undefined]', 'repr', '[ 1, undefined ]'],
  ['({ a: 1, b: undefined })', 'json', '{"a":1}'],
  ['[{ a: undefined }]', 'json', '[{}]'],
  ['({ a: [undefined] })', 'repr', '{ a: [ undefined ] }'],
  ['[1, , 3]', 'repr', '[ 1, <1 empty item>, 3 ]'],
  ['({ a: Infinity })', 'repr', '{ a: Infinity }'],
  ['[-0, 0.5, 1e300]', 'json', '[0,0.5,1e+300]'],
  ['({ n: 1n })', 'repr', '{ n: 1n }'],
  ['({ b: new Uint8Array([1]) })', 'repr', '{ b: Uint8Array(1) [ 1 ] }'],
  ['[new ArrayBuffer(1)]', 'repr', '[ ArrayBuffer { [Uint8Contents]: <00>, [byteLength]: 1 } ]'],
  ['[Symbol("s")]', 'repr', '[ Symbol(s) ]'],
  ['({ [Symbol("s")]: 1, a: 2 })', 'repr', '{ a: 2, Symbol(s): 1 }'],
  ['[/x/g]', 'repr', '[ /x/g ]'],
  ['({ d: new Date(0) })', 'json', '{"d":"1970-01-01T00:00:00.000Z"}'],
  ['[new Date(NaN)]', 'repr', '[ Invalid Date ]'],
  ['new Date(NaN)', 'repr', 'Invalid Date'],
  ['[new URL("http://a/b")]', 'json', '["http://a/b"]'],
  ['Buffer.from("a")', 'json', '{"type":"Buffer","data":[97]}'],
  ['[{ toJSON() { return new Map() } }]', 'repr', '[ { toJSON: [Function: toJSON] } ]'],
  ['[{ toJSON() { return { a: 1 } } }]', 'json', '[{"a":1}]'],
  ['class P { x = 1; #y = 2 } [new P()]', 'repr', '[ P { x: 1 } ]'],
  ['class L extends Array {} L.of(1)', 'repr', 'L(1) [ 1 ]'],
  ['[new Number(1)]', 'repr', '[ [Number: 1] ]'],
  ['[Promise.resolve(1)]', 'repr', '[ Promise { <state unknown: await it> } ]'],
  ['"abc".match(/b/)', 'repr', "[ 'b', index: 1, input: 'abc', groups: undefined ]"],
  ['"a1b2".match(/\\d/g)', 'json', '["1","2"]'],
  ['Object.assign(Object.create(null), { a: 1 })', 'json', '{"a":1}'],
  ['[null, true, "x", [], {}]', 'json', '[null,true,"x",[],{}]'],
  ['JSON.parse(\'{"__proto__":[1]}\')', 'json', '{"__proto__":[1]}'],
  ['const a = { n: 1 }; [a, a]', 'json', '[{"n":1},{"n":1}]'],
  ['"\\ud800"', 'json', '"\\ud800"'],
  ['(function () { return arguments })(1)', 'repr', "[Arguments] { '0': 1 }"],
])('%s', async (code, kind, text) => {
  const { verdict, value } = await run(backend, code);
  expect([verdict?.value, value]).toEqual([kind, text]);
});

test('an error inside a value keeps its message and stack', async () => {
  const { verdict, value } = await run(backend, '[new Error("e")]');
  expect([verdict?.value, value]).toEqual(['repr', '[\n  Error: e\n      at main.js:1:2\n]']);
});

test('what is left out of a text is named, however much it is', async () => {
  const { value } = await run(
    backend,
    'const list = Array.from({ length: 20_000 }, (_, i) => i); list.push(NaN); list',
  );
  expect(value).toContain('... 10001 more items');
  const inner = await run(backend, '({ a: { b: { c: { d: { e: new Set([1]) } } } } })');
  expect(inner.value).toContain('Set(1) { 1 }');
  const deep = await run(backend, 'let v = NaN; for (let i = 0; i < 300; i += 1) v = [v]; v');
  expect(deep.value).toContain('[Array]');
});

test('what a guest puts in the way of the check changes only its own value', async () => {
  const code = `
    Array.prototype.push = Object.keys = Object.getPrototypeOf = Object.getOwnPropertySymbols = () => { throw 1 };
    Object.prototype.toJSON = undefined; Reflect.apply = () => 5; JSON.stringify = () => '"forged"';
    [{ a: 1 }]`;
  const { verdict, value } = await run(backend, code);
  expect([verdict?.value, value]).toEqual(['json', '[{"a":1}]']);
});
