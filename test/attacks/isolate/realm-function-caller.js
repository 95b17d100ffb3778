// tries: Function.prototype.caller and arguments.callee.caller, to climb from a callback into trusted code
// holds: trusted code is strict; the climb ends at null or throws
// threat: T1
// ends: success
// proof: ^climbed [1-9]

let climbed = 0;
const climb = Function(
  'report',
  `return function callback() {
    let at = callback;
    try { for (let step = 0; at && step < 50; step += 1) { report(at); at = at.caller; } } catch {}
    try { report(arguments.callee.caller); } catch {}
    return 1;
  }`,
)((found) => {
  climbed += 1;
  const text = `${found}`;
  if (/\b(intrinsics|formatter|reporter|host\.write)\b/.test(text) && !text.includes('BREACH'))
    console.log('BREACH', text);
});
console.log({
  get x() {
    return climb();
  },
});
JSON.stringify({ toJSON: climb });
try {
  context.files.read({ toString: climb });
} catch {}
setTimeout(climb, { valueOf: climb });
new AbortController().signal.addEventListener('abort', climb);
const controller = new AbortController();
controller.signal.onabort = climb;
controller.abort();
const thenable = { then: (resolve) => resolve(climb()) };
await thenable;
await new Promise((done) => setTimeout(done, 5));
console.log('climbed', climbed);
