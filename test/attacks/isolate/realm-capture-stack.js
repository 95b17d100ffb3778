// tries: Error.captureStackTrace on objects of the realm, and absurd values of Error.stackTraceLimit
// holds: stacks are texts about the guest's own lines; trusted objects are the guest's to spoil, and nothing more
// threat: T1
// ends: error
// proof: ^captured [1-9]

let captured = 0;
const targets = [
  console,
  context,
  context.files,
  context.env,
  crypto,
  performance,
  URL,
  setTimeout,
  inputs,
  globalThis,
  Promise.prototype,
];
for (const limit of [Infinity, -1, NaN, 1e9, { valueOf: () => 5 }, 200]) {
  Error.stackTraceLimit = limit;
  for (const target of targets) {
    try {
      Error.captureStackTrace(target);
      captured += 1;
      if (/file:|node:|\/host\/|isolated/.test(target.stack)) console.log('BREACH', target.stack);
    } catch {}
  }
}
Object.defineProperty(Error, 'stackTraceLimit', {
  get: () => {
    throw 1;
  },
});
console.log('captured', captured);
const down = (n) => (n > 0 ? down(n - 1) : context.files.read('missing'));
down(50);
