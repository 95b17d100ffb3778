# tries: import the modules through which Python in WebAssembly reaches JavaScript, by every way that there is to import
# holds: no module is found; ways around the import lead to the isolate's own realm, which has nothing of Node
# threat: T1
# ends: success
# proof: tried \d+
import importlib
import importlib.util
import sys

names = ("js", "pyodide_js", "pyodide", "pyodide.ffi", "_pyodide", "_pyodide_core", "pyodide.code", "pyodide.http")
tried = 0
for name in names:
    for way in (importlib.import_module, __import__, importlib.util.find_spec):
        tried += 1
        try:
            found = way(name)
        except ImportError:
            continue
        if found is not None:
            print("BREACH", name, way, found)
for name in list(sys.modules):
    if name.partition(".")[0] in ("js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core"):
        print("BREACH loaded:", name)
print("tried", tried)
