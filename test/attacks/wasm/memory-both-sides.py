# tries: three quarters of the limit in the interpreter, and three quarters in the realm around it
# holds: both count together
# threat: T3
# ends: memory_limit
# proof: reached
# request: {"limits": {"memoryMb": 64}}
import sys
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec

sys.meta_path[:] = [BuiltinImporter, *sys.meta_path]
core = module_from_spec(BuiltinImporter.find_spec("_pyodide_core"))
core.__spec__.loader.exec_module(core)
realm = core.to_js([1]).constructor.constructor("return globalThis")()
print("reached", realm.ArrayBuffer, flush=True)
own = bytearray(48 * 1024 * 1024)
kept = [realm.Uint8Array.new(4 * 1024 * 1024).fill(1) for _ in range(12)]
print("BREACH", len(own) // 2**20, "and", len(kept) * 4, "MiB", flush=True)
