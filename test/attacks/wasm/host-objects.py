# tries: find objects of JavaScript among all that the interpreter holds, and climb from them to Node
# holds: what is found belongs to the isolate's realm: no process, no require, no function of the host's
# threat: T1
# ends: success error
# proof: looked at \d+
import gc
import sys

seen = {}


def walk(item, depth):
    if depth > 4 or id(item) in seen:
        return
    seen[id(item)] = item
    if "Js" in type(item).__name__ and type(item).__name__ != "JsFinder":
        climb(item)
    for inner in gc.get_referents(item):
        walk(inner, depth + 1)


def climb(item):
    try:
        realm = item.constructor.constructor("return globalThis")()
    except Exception:
        return
    for name in ("process", "require", "module", "fetch", "ivm", "WorkerGlobalScope", "readbuffer"):
        if hasattr(realm, name):
            print("BREACH the realm has", name)
    for name in ("Memory", "Module", "Instance"):
        if hasattr(realm, "WebAssembly") and hasattr(realm.WebAssembly, name):
            print("BREACH WebAssembly", name)


sys.setrecursionlimit(3000)
frame = sys._getframe()
while frame:
    walk(frame.f_locals, 0)
    walk(frame.f_globals, 0)
    frame = frame.f_back
for each in gc.get_objects():
    walk(each, 3)
for finder in sys.meta_path:
    walk(getattr(finder, "__dict__", {}), 0)
import time

walk(time.sleep, 0)
walk(getattr(time.sleep, "__closure__", ()), 0)
print("looked at", len(seen))
