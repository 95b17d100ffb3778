// tries: Error.prepareStackTrace: frames of the realm's code give away its functions and receivers
// holds: frames of trusted code answer undefined for getThis and getFunction
// threat: T1
// ends: success
// proof: ^frames [1-9]

let frames = 0;
const look = (value, where) => {
  if (value === undefined || value === null || value === globalThis) return;
  if (typeof value === 'function' && !(value instanceof Function)) console.log('BREACH foreign function', where);
  if (typeof value === 'object' && !(value instanceof Object)) console.log('BREACH foreign object', where);
  // The only functions that may be seen are those of this file.
  if (
    typeof value === 'function' &&
    /\b(ask|intrinsics|evaluate|workspace)\b/.test(`${value}`.replace(/BREACH.*|\/\\b.*/g, ''))
  ) {
    if (!`${value}`.includes('prepareStackTrace')) console.log('BREACH function of the realm', where);
  }
};
Error.prepareStackTrace = (error, sites) => {
  for (const site of sites) {
    frames += 1;
    const file = `${site.getFileName()}`;
    if (!file.includes('hotcell:')) continue;
    look(site.getThis(), 'this');
    look(site.getFunction(), 'function');
    if (site.getThis() !== undefined || site.getFunction() !== undefined) console.log('BREACH', file);
  }
  return 'traced';
};
const trace = () => new Error('here').stack;
console.log({
  get inside() {
    return trace();
  },
});
JSON.stringify({ toJSON: trace });
[3, 1, 2].sort(() => trace() && 0);
try {
  context.files.read({ toString: trace });
} catch (error) {
  error.stack;
}
try {
  context.files.read('missing');
} catch (error) {
  error.stack;
}
try {
  new URL(':');
} catch (error) {
  error.stack;
}
setTimeout(trace, { valueOf: () => trace() && 1 });
queueMicrotask(trace);
await new Promise((done) => setTimeout(() => done(trace()), 5));
Error.prepareStackTrace = undefined;
console.log('frames', frames);
