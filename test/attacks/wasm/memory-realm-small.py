# tries: twenty small buffers of the realm, of all kinds that it has, none of which is refused by itself
# holds: what is held at the end counts
# threat: T3
# ends: memory_limit
# proof: reached
# request: {"limits": {"memoryMb": 8}}
import sys
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec

sys.meta_path[:] = [BuiltinImporter, *sys.meta_path]
core = module_from_spec(BuiltinImporter.find_spec("_pyodide_core"))
core.__spec__.loader.exec_module(core)
realm = core.to_js([1]).constructor.constructor("return globalThis")()
print("reached", realm.ArrayBuffer, flush=True)
fill = realm.Function.new(
    "kept",
    """
  const mebibyte = 2 ** 20;
  const text = 'x'.repeat(mebibyte);
  const ways = [
    () => new Uint8Array(mebibyte).fill(1),
    () => { const buffer = new ArrayBuffer(0, { maxByteLength: mebibyte }); buffer.resize(mebibyte); return buffer; },
    () => new TextEncoder().encode(text),
    () => new Float64Array(mebibyte / 8),
    () => (text + Math.random()).slice(1).replaceAll('y', 'z'),
  ];
  for (let i = 0; i < 20; i += 1) { const one = ways[i % 5](); if (typeof one === 'string') one.charCodeAt(9); kept.push(one); }
""",
)
kept = realm.Array.new()
fill(kept)
print(kept.length, "MiB", flush=True)
