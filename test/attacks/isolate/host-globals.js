// tries: to find Node, its modules and its globals under any name
// holds: none of them is in the realm
// threat: T14
// ends: success
// proof: ^probed \d+$

const names = [
  'process',
  'require',
  'module',
  'exports',
  '__filename',
  '__dirname',
  'global',
  'Buffer',
  'root',
  'GLOBAL',
  'setInterval.process',
  'console._stdout',
  'console._stdoutErrorHandler',
  'process.binding',
  'process.mainModule',
  'performance.nodeTiming',
  'performance.eventLoopUtilization',
  'queueMicrotask.process',
  'structuredClone.process',
  'Error.prepareStackTrace',
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
