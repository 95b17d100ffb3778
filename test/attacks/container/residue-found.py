# tries: find what an earlier call left: marks of residue-left.py, files, processes, environment, memory, modules, counters
# holds: the cell is new: its own files alone, nothing in the interpreter that a program put there
# threat: T9
# ends: success
# proof: looked at \d+
import builtins
import os
import sys
import time

mark = "hotcell-" + "residue"
looked = 0
for folder in ("/workspace", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/dev", "/home", "/opt", "/var/lib"):
    for where, _, names in os.walk(folder):
        for name in names:
            looked += 1
            if mark in name:
                print("BREACH", f"{where}/{name}")
for name in os.listdir("/workspace"):
    if name not in (".tmp", "output"):
        print("BREACH in a new workspace:", name)
for folder in ("/tmp", "/tmp/.shm", "/workspace/output"):
    for name in os.listdir(folder):
        if name != ".shm":
            print("BREACH in a new", folder, name)
if "HOTCELL_RESIDUE" in os.environ or hasattr(builtins, "residue") or "residue" in sys.modules:
    print("BREACH in the interpreter")
# A file system that is older than this call belonged to another one.
age = time.time() - os.stat("/workspace/.tmp").st_ctime
print("age of /tmp", round(age, 3))
with open("/proc/self/stat") as file:
    print("own process number", file.read().split()[0])
print("looked at", looked)
