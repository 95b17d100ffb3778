import { type Probe, probesIn } from './probe.ts';

const report =
  'Do not run untrusted code here. Reinstall hotcell and run its tests; if the tests pass, report this failure.';
const prelude = "const breach = (what) => console.log('BREACH ' + what); const tried = () => console.log('TRIED');\n";

/** Walks everything that can be reached from the globals, by members, prototypes, getters, errors and stack frames. */
const walk = `
const own = new Set([Function, (async () => {}).constructor, (function* () {}).constructor, (async function* () {}).constructor]);
const seen = new Set(); const queue = [globalThis, inputs, context, setTimeout(() => {}, 1), require('fs'), require('crypto'), Buffer.from('a')];
await import('child_process').then((found) => { breach('a module of the host was imported'); queue.push(found) }, (error) => queue.push(error));
try { null.x } catch (error) { queue.push(error) }
try { context.files.read('none') } catch (error) { queue.push(error) }
Error.prepareStackTrace = (error, frames) => { for (const frame of frames) queue.push(frame, frame.getThis(), frame.getFunction()); return '' };
new Error().stack; [2, 1].sort(() => { new Error().stack; return 0 }); JSON.stringify({ toJSON() { new Error().stack } });
console.log({ [Symbol.for('nodejs.util.inspect.custom')](...given) { queue.push(given); return '' } });
Error.prepareStackTrace = undefined;
while (queue.length > 0) {
  const value = queue.pop();
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
  seen.add(value);
  try {
    const maker = value.constructor?.constructor;
    if (typeof maker === 'function' && !own.has(maker)) breach('a constructor of another realm is reachable');
    const told = typeof maker === 'function' && maker('return [globalThis]')();
    if (Array.isArray(told) && told[0] !== globalThis) breach('another global object is reachable');
  } catch {}
  try { queue.push(Object.getPrototypeOf(value)) } catch {}
  try {
    for (const key of Reflect.ownKeys(value)) {
      const member = Object.getOwnPropertyDescriptor(value, key);
      queue.push(member.value, member.get, member.set);
      try { queue.push(value[key]) } catch {}
    }
  } catch {}
}
if (seen.size > 500) tried();`;

/** Attacks that must fail for JavaScript in an isolate. */
export const javascriptProbes: readonly Probe[] = probesIn('javascript', prelude, [
  {
    name: 'realm escape',
    holds: 'nothing of the host is reachable from the realm',
    remedy: report,
    code: walk,
  },
  {
    name: 'network',
    holds: 'no network and no module of the host can be reached',
    remedy: report,
    code: `
for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'Deno', 'Bun', 'Worker', 'WebAssembly', 'SharedArrayBuffer', 'importScripts'])
  if (typeof globalThis[name] !== 'undefined') breach(name + ' is there');
for (const name of ['net', 'node:net', 'node:http', 'node:child_process', 'node:worker_threads', 'isolated-vm', 'data:text/javascript,1', 'http://127.0.0.1:' + inputs.port])
  await import(name).then(() => breach('import of ' + name), () => {});
for (const name of ['net', 'http', 'child_process', 'worker_threads', 'vm', 'inspector', 'isolated-vm'])
  try { breach('require of ' + name + ': ' + typeof require(name)) } catch {}
tried();`,
  },
  {
    name: 'host files and environment',
    holds: 'no file and no variable of the host can be read',
    remedy: report,
    code: `
const paths = [inputs.file, '../'.repeat(12) + inputs.file, '/etc/passwd', '/proc/self/environ', '/proc/' + inputs.pid + '/environ', 'file://' + inputs.file];
for (const path of paths) try { breach('read ' + path + ': ' + context.files.read(path)) } catch {}
for (const path of paths) try { context.files.write(path, 'overwritten') } catch {}
for (const path of paths) try { breach('read ' + path + ': ' + require('fs').readFileSync(path)) } catch {}
for (const path of paths) try { require('fs').writeFileSync(path, 'overwritten') } catch {}
for (const path of context.files.list()) if (path.startsWith('/') || path.includes('..')) breach('wrote ' + path);
if (process.env[inputs.variable]) breach('environment: ' + process.env[inputs.variable]);
tried();`,
  },
  {
    name: 'forged answers',
    holds: 'a guest that overwrites built-ins affects only itself',
    remedy: report,
    value: 'honest',
    code: `
tried();
JSON.stringify = () => '"forged"'; Promise.prototype.then = () => { throw 1 };
Object.defineProperty(Object.prototype, 'toJSON', { get: () => () => 'forged', configurable: true });
for (const name of ['value', 'end', 'kind', 'status']) Object.prototype[name] = 'forged';
Function.prototype.call = Function.prototype.apply = () => 'forged';
Array.prototype[Symbol.iterator] = () => { throw 1 };
'honest'`,
  },
  {
    name: 'memory limit',
    holds: 'an isolate that grows is stopped at its limit',
    remedy:
      'Do not run untrusted code here. Check that this process can watch and kill isolate hosts (pidusage, /proc).',
    ends: 'memory_limit',
    limits: { memoryMb: 16 },
    code: `
tried();
const kept = []; for (let count = 0; count < 160; count++) kept.push(new Array(131072).fill(count));
breach(kept.length + ' MiB were given under a limit of 16');`,
  },
  {
    name: 'endless loop',
    holds: 'an endless loop is stopped in time',
    remedy: report,
    ends: 'timeout',
    limits: { timeoutMs: 300 },
    code: "tried(); const end = Date.now() + 5000; while (Date.now() < end); breach('it ran for 5 s under a limit of 0.3')",
  },
  {
    name: 'output flood',
    holds: 'a flood of output is stopped and bounded',
    remedy: report,
    ends: 'output_limit',
    limits: { outputKb: 8 },
    code: "tried(); const line = 'x'.repeat(8191); for (let count = 0; count < 4096; count++) console.log(line);",
  },
  {
    name: 'neighbours',
    holds: 'nothing remains of the previous job',
    remedy: report,
    before: `globalThis.left = 1; Object.prototype.left = 1; context.files.write('left', '1'); tried();`,
    code: `
if (typeof left !== 'undefined' || typeof {}.left !== 'undefined') breach('a global of the job before');
if (context.files.list().length > 0) breach('a file of the job before');
tried();`,
  },
  {
    name: 'secrets in output',
    holds: 'no output, value, error or file contains a secret, plain or encoded',
    remedy: report,
    ends: 'error',
    code: `
const secret = context.env.SELF_TEST_SECRET;
if (!secret) throw new Error('no secret was given');
const forms = [secret, btoa(secret), encodeURIComponent(secret), [...secret].map((c) => '%' + c.charCodeAt(0).toString(16)).join(''),
  [...secret].map((c) => c.charCodeAt(0).toString(16)).join('')];
for (const form of forms) { console.log('it is ' + form); console.error(JSON.stringify({ [form]: form })) }
context.files.write('output/' + secret, forms.join(' '));
tried();
throw new Error('failed with ' + forms.join(' '));`,
  },
]);
