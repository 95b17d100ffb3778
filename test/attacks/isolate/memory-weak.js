// tries: tables that the collector must walk: weak references, finalizers, weak maps, registered symbols
// holds: the heap limit or the wall time
// threat: T3
// ends: memory_limit timeout
// request: {"limits":{"memoryMb":64,"timeoutMs":5000}}

const registry = new FinalizationRegistry(() => {});
const kept = [];
const weak = new WeakMap();
for (let i = 0; ; i += 1) {
  const key = { i };
  kept.push(new WeakRef(key), key, Symbol.for(`symbol ${i}`));
  weak.set(key, kept[i]);
  registry.register(key, key.i, key);
}
