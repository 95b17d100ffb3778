// tries: what grows outside of the heap or blocks a thread: WebAssembly, SharedArrayBuffer, Atomics.wait, workers
// holds: none of it is in the realm, by any way
// threat: T3
// ends: success
// proof: ^absent

const absent = [
  'WebAssembly',
  'SharedArrayBuffer',
  'Worker',
  'MessageChannel',
  'BroadcastChannel',
  'Atomics.wait',
  'Atomics.waitAsync',
  'Atomics.notify',
  'Atomics.pause',
];
for (const name of absent) {
  for (const look of [
    (code) => eval(code),
    (code) => Function(`return ${code}`)(),
    (code) => new (async () => {}).constructor(`return ${code}`)(),
  ]) {
    if ((await look(`typeof ${name}`)) !== 'undefined') console.log('BREACH', name);
  }
}
const tags = new Set();
const seen = new Set();
const walk = (thing) => {
  if ((typeof thing !== 'object' && typeof thing !== 'function') || thing === null || seen.has(thing)) return;
  seen.add(thing);
  tags.add(Object.prototype.toString.call(thing));
  for (const key of Reflect.ownKeys(thing)) {
    const { value, get, set } = Reflect.getOwnPropertyDescriptor(thing, key);
    walk(value), walk(get), walk(set);
  }
  walk(Object.getPrototypeOf(thing));
};
walk(globalThis);
for (const tag of tags) if (/Shared|WebAssembly|Worker|Port|Module/.test(tag)) console.log('BREACH', tag);
console.log('absent', absent.length, seen.size);
