// tries: to replace the global constructors that trusted code may call, and to take what they are given
// holds: they see texts and numbers; the program deceives itself only
// threat: T1
// ends: success error
// proof: ^replaced \d

const say = console.log;
const seen = [];
const names = [
  'Error',
  'TypeError',
  'RangeError',
  'Map',
  'Set',
  'Uint8Array',
  'Uint16Array',
  'Number',
  'Object',
  'Array',
  'Date',
  'RegExp',
  'ArrayBuffer',
  'DataView',
  'String',
  'Proxy',
  'Function',
  'WeakMap',
  'Symbol',
  'JSON',
  'Reflect',
  'Math',
  'eval',
];
for (const name of names) {
  const original = globalThis[name];
  const replacement =
    typeof original !== 'function'
      ? {}
      : function (...given) {
          seen.push(...given, this, new.target);
          return new.target && original.prototype ? Reflect.construct(original, given) : original(...given);
        };
  try {
    Object.defineProperty(globalThis, name, { value: replacement, writable: true });
  } catch {}
}
const attempts = [
  () => context.files.read('missing'),
  () => context.files.write('a', 'b'),
  () => crypto.getRandomValues({}),
  () => crypto.randomUUID(),
  () => structuredClone({ a: [1] }),
  () => new URL('x'),
  () => new TextEncoder().encode('x'),
  () => btoa('x'),
  () => setTimeout(() => {}, '1'),
  () => console.log({ a: 1 }, [2], new Error('x')),
];
for (const attempt of attempts) {
  try {
    attempt();
  } catch {}
}
const { getPrototypeOf } = Object;
for (const thing of seen) {
  if (typeof thing === 'function') {
    try {
      if (thing('drained', '') === 'yes') say('BREACH a function of the host');
    } catch {}
  }
}
say('replaced', names.length);
