# tries: load the core module, which is built into the interpreter, past the finder that hides it, and run JavaScript with it
# holds: JavaScript that is run so runs in the isolate, with nothing of the host, of Node, or of the next job in reach
# threat: T1
# ends: success error
# proof: core
import sys
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec

sys.meta_path[:] = [BuiltinImporter, *sys.meta_path]
spec = BuiltinImporter.find_spec("_pyodide_core")
print("core", spec, flush=True)
core = module_from_spec(spec)
spec.loader.exec_module(core)
for name in dir(core):
    value = getattr(core, name)
    try:
        realm = value.constructor.constructor("return globalThis")()
    except Exception:
        continue
    for wanted in ("process", "require", "fetch", "XMLHttpRequest", "Deno", "ivm"):
        if hasattr(realm, wanted):
            print("BREACH", name, wanted)
