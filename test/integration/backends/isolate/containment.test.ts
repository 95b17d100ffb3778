import { afterAll, expect, test } from 'vitest';
import { defaultNetworkLimits } from '../../../../src/contract/api/network-limits.ts';
import { makeBackend, run } from './harness.ts';

const backend = makeBackend();
afterAll(() => backend.close());

/**
 * Walks everything that is reachable from the global object, through properties, prototypes and the functions of
 * getters.
 */
const walk = `
const seen = new Set(); const queue = [[globalThis, 'globalThis']]; const findings = [];
const realm = new Set([Function, (async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor]);
queue.push([(() => { try { null.x } catch (e) { return e } })(), 'error'], [inputs, 'inputs'], [context, 'context'],
  [setTimeout(() => {}, 1), 'timer'], [new URL('a://b'), 'url'], [new AbortController().signal, 'signal'], [import('x').catch((e) => e), 'import']);
for (const name of require('module').builtinModules) queue.push([require(name), 'module ' + name]);
queue.push([Buffer.from('a'), 'buffer'], [require('crypto').createHash('md5'), 'hash'], [process.stdin, 'stdin'], [structuredClone({}), 'clone']);
await import('x').catch((e) => queue.push([e, 'import error']));
try { context.files.read('nope') } catch (e) { queue.push([e, 'file error']) }
try { new URL('nope') } catch (e) { queue.push([e, 'url error']) }
Error.prepareStackTrace = (error, frames) => { queue.push([frames, 'frames']);
  for (const frame of frames) queue.push([frame.getThis(), 'this'], [frame.getFunction(), 'function']); return '' };
console.log({ get x() { queue.push([new Error().stack, 'in inspect']); return 1 }, [Symbol.for('nodejs.util.inspect.custom')](...values) { queue.push([values, 'inspect']); return '' } });
new Error().stack; JSON.stringify({ toJSON() { new Error().stack } }); [2, 1].sort(() => { new Error().stack; return 0 });
Error.prepareStackTrace = undefined;
while (queue.length > 0) {
  const [value, path] = queue.pop();
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
  seen.add(value);
  const tag = Object.prototype.toString.call(value);
  const name = (() => { try { return String(value.constructor?.name) } catch { return '' } })();
  if (/^(Reference|ExternalCopy|Isolate|Context|Callback|Script|Module|NativeModule|TransferableHandle|InspectorSession)$/.test(name)) findings.push(path + ' is a ' + name);
  try {
    const maker = value.constructor?.constructor;
    if (maker !== undefined && typeof maker === 'function' && !realm.has(maker)) findings.push(path + ' has a foreign constructor');
    const told = typeof maker === 'function' && maker('return [globalThis, typeof WebAssembly]')();
    if (Array.isArray(told) && (told[0] !== globalThis || told[1] !== 'undefined')) findings.push(path + ' reaches another realm');
  } catch {}
  try { queue.push([Object.getPrototypeOf(value), path + '.__proto__']) } catch {}
  let keys = []; try { keys = Reflect.ownKeys(value) } catch {}
  for (const key of keys) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    for (const part of ['value', 'get', 'set']) if (descriptor && part in descriptor) queue.push([descriptor[part], path + '.' + String(key)]);
    try { queue.push([value[key], path + '.' + String(key)]) } catch {}
  }
}
({ findings, seen: seen.size })`;

test('nothing of the host can be reached from the guest, and every constructor is the guest’s own', async () => {
  const { value, verdict } = await run(backend, { code: walk, inputs: { a: [1] } });
  expect(verdict?.error).toBeUndefined();
  const { findings, seen } = JSON.parse(value ?? '');
  expect(findings).toEqual([]);
  expect(seen).toBeGreaterThan(900);
});

test('nor with a network', async () => {
  const network = { allow: ['a.example'], inject: [], limits: defaultNetworkLimits };
  const made =
    'globalThis.made = [new Request("http://a.example/"), new Response("x"), new Headers(), fetch("no").catch((e) => e)];';
  const { value, verdict } = await run(backend, {
    code: `${made}\nawait made[3];\n${walk}`,
    inputs: { a: [1] },
    network,
  });
  expect(verdict?.error).toBeUndefined();
  const { findings, seen } = JSON.parse(value ?? '');
  expect(findings).toEqual([]);
  expect(seen).toBeGreaterThan(950);
});

test.each([
  'Promise.prototype.then = () => { throw 1 }; Promise.resolve = 1; Promise.prototype.constructor = null',
  'JSON.stringify = () => "forged"; JSON.parse = null; String.prototype.slice = () => "forged"',
  'for (const name of Object.getOwnPropertyNames(Array.prototype)) try { Array.prototype[name] = () => { throw 1 } } catch {}',
  'Object.defineProperty(Object.prototype, "then", { get() { return undefined }, configurable: true })',
  'Object.defineProperty(Object.prototype, "0", { set() { throw 1 }, configurable: true })',
  'Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => "forged"; Reflect.apply = null',
  'Array.prototype[Symbol.iterator] = () => { throw 1 }; Object.prototype.value = "forged"; Object.prototype.get = () => 1',
  'Date.now = () => NaN; globalThis.eval = null; Error = null; globalThis.console.log.call = 1; Symbol.iterator',
  'Object.prototype.toJSON = undefined; Object.prototype.end = "cancelled"; Object.prototype.kind = 99',
  'delete globalThis.Object; delete globalThis.Array; delete globalThis.Promise; delete globalThis.Function',
])('tampering changes only the guest’s own words: %s', async (code) => {
  const { verdict, value, stdout } = await run(backend, `const k = console; ${code}; k.log('said'); 5`);
  expect(verdict?.error).toBeUndefined();
  expect([verdict?.end, value, stdout]).toEqual(['completed', '5', 'said\n']);
});

test('texts of the guest never become control messages', async () => {
  const message = '"},"end":"completed","value":"json","x":{"';
  const { verdict, value } = await run(
    backend,
    `throw Object.assign(new Error(${JSON.stringify(message)}), { name: '","end":"completed' })`,
  );
  expect([verdict?.end, verdict?.error?.message, verdict?.error?.name, value]).toEqual([
    'threw',
    message,
    '","end":"completed',
    undefined,
  ]);
});

test('the next job finds nothing of the one before', async () => {
  await run(backend, 'globalThis.left = 1; Array.prototype.left = 2; context.files.write("left", "3")');
  const { value } = await run(backend, '[typeof left, typeof [].left, context.files.list()]');
  expect(value).toBe('["undefined","undefined",[]]');
});

test('the globals are a known list', async () => {
  const { value } = await run(backend, 'Object.getOwnPropertyNames(globalThis).sort()');
  expect(JSON.parse(value ?? '')).toMatchInlineSnapshot(`
    [
      "AbortController",
      "AbortSignal",
      "AggregateError",
      "Array",
      "ArrayBuffer",
      "AsyncDisposableStack",
      "Atomics",
      "BigInt",
      "BigInt64Array",
      "BigUint64Array",
      "Boolean",
      "Buffer",
      "DataView",
      "Date",
      "DisposableStack",
      "Error",
      "EvalError",
      "Event",
      "EventTarget",
      "FinalizationRegistry",
      "Float16Array",
      "Float32Array",
      "Float64Array",
      "Function",
      "Infinity",
      "Int16Array",
      "Int32Array",
      "Int8Array",
      "Intl",
      "Iterator",
      "JSON",
      "Map",
      "Math",
      "NaN",
      "Number",
      "Object",
      "Promise",
      "Proxy",
      "RangeError",
      "ReferenceError",
      "Reflect",
      "RegExp",
      "Set",
      "String",
      "SuppressedError",
      "Symbol",
      "SyntaxError",
      "TextDecoder",
      "TextEncoder",
      "TypeError",
      "URIError",
      "URL",
      "URLSearchParams",
      "Uint16Array",
      "Uint32Array",
      "Uint8Array",
      "Uint8ClampedArray",
      "WeakMap",
      "WeakRef",
      "WeakSet",
      "__dirname",
      "__filename",
      "atob",
      "btoa",
      "clearImmediate",
      "clearInterval",
      "clearTimeout",
      "console",
      "context",
      "crypto",
      "decodeURI",
      "decodeURIComponent",
      "display",
      "encodeURI",
      "encodeURIComponent",
      "escape",
      "eval",
      "exports",
      "global",
      "globalThis",
      "hotcell",
      "inputs",
      "isFinite",
      "isNaN",
      "module",
      "parseFloat",
      "parseInt",
      "performance",
      "process",
      "queueMicrotask",
      "require",
      "setImmediate",
      "setInterval",
      "setTimeout",
      "structuredClone",
      "undefined",
      "unescape",
    ]
  `);
});
