// tries: "with", Symbol.unscopables and a proxy behind globalThis, to see which names trusted code looks up
// holds: trusted code has its names in closures; what it does look up are standard globals
// threat: T1
// ends: success
// proof: ^looked

const names = new Set();
const spy = new Proxy(Object.create(null), {
  has: (_, name) => {
    names.add(String(name));
    return false;
  },
  get: (_, name) => {
    names.add(String(name));
    return undefined;
  },
  getPrototypeOf: () => null,
});
try {
  Object.setPrototypeOf(Object.getPrototypeOf(globalThis), spy);
} catch {}
try {
  Object.setPrototypeOf(globalThis, spy);
} catch {}
const inside = Function(
  'spy',
  'with (spy) { try { return [typeof ask, typeof host, typeof intrinsics, typeof parts] } catch (e) { return [] } }',
);
if (inside(spy).some((type) => type !== 'undefined')) console.log('BREACH a name of the realm');
Array.prototype[Symbol.unscopables] = spy;
console.log('looked', { a: [1] });
context.files.write('a', 'b');
context.files.list();
new URL('a://b');
const trusted = [...names].filter((name) =>
  /^(ask|host|parts|intrinsics|bootstrap|module|exports|report|write)$/.test(name),
);
// Those three were asked for by the guest itself, above.
if (trusted.some((name) => !/^(ask|host|intrinsics|parts)$/.test(name))) console.log('BREACH', trusted);
