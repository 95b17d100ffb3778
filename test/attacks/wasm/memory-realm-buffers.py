# tries: reach the realm around the interpreter, and hold buffers there instead of in the interpreter's own memory
# holds: heap, buffers and the interpreter's memory count together, from what a fresh guest takes
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
kept = [realm.Uint8Array.new(16 * 1024 * 1024).fill(1) for _ in range(21)]
print("BREACH", len(kept) * 16, "MiB of buffers", flush=True)
