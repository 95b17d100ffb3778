// tries: to find Node, its modules and its globals under any name
// holds: none of them is in the realm but those that are made for it, of the guest's own functions
// threat: T14
// ends: success
// proof: ^probed \d+$

const own = {
  process: () => process,
  'process.env': () => process.env,
  'process.stdin': () => process.stdin,
  'process.stdout': () => process.stdout,
  require: () => require,
  'require.main': () => require.main,
  'require("fs")': () => require('fs'),
  'require("module")': () => require('module').createRequire('/'),
  module: () => module,
  'module.exports': () => module.exports,
  global: () => global,
  Buffer: () => Buffer,
  'Error.prepareStackTrace': () => Error.prepareStackTrace,
};
for (const [name, get] of Object.entries(own)) {
  for (let thing = get(); thing !== null; thing = Object.getPrototypeOf(thing)) {
    const maker = thing.constructor;
    if (typeof maker === 'function' && maker.constructor !== Function) console.log('BREACH foreign', name);
    for (const key of Reflect.ownKeys(thing)) {
      if (thing === Function.prototype || thing === globalThis) break;
      const value = Reflect.getOwnPropertyDescriptor(thing, key).value;
      if (typeof value === 'function' && !(value instanceof Function)) console.log('BREACH foreign', name, String(key));
    }
  }
}
for (const act of [
  () => process.binding('fs'),
  () => process.dlopen({}, '/lib/x86_64-linux-gnu/libc.so.6'),
  () => require('child_process'),
  () => require('vm'),
  () => require('worker_threads'),
  () => require('../../etc/passwd'),
  () => require('/etc/passwd'),
  () => require('fs').readFileSync('/etc/passwd'),
  () => require('fs').readFileSync(inputs.canary.file),
  () => require('fs').writeFileSync('/tmp/breach', 'x'),
  () => require('buffer-methods'),
  () => require('errors'),
  () => require('__proto__'),
  () => require('constructor'),
  () => require('process\npath'),
]) {
  try {
    const found = act();
    console.log('BREACH', String(act), typeof found);
  } catch {}
}
if (Object.keys(process.env).length !== Object.keys(context.env).length) console.log('BREACH process.env');
const names = [
  'root',
  'GLOBAL',
  'setInterval.process',
  'console._stdout',
  'console._stdoutErrorHandler',
  'process.mainModule',
  'performance.nodeTiming',
  'performance.eventLoopUtilization',
  'queueMicrotask.process',
  'structuredClone.process',
  'Intl.process',
];
for (const name of names) {
  let found;
  try {
    found = Function(`return ${name}`)();
  } catch {}
  if (found !== undefined) console.log('BREACH', name);
}
const sync = [console, crypto, performance, context.files].flatMap((owner) =>
  Reflect.ownKeys(owner).map((key) => owner[key]),
);
for (const method of sync) {
  if (typeof method !== 'function') continue;
  const text = Function.prototype.toString.call(method);
  if (/node:|require\(|process\./.test(text)) console.log('BREACH', text.slice(0, 100));
}
console.log('probed', names.length + sync.length);
