# tries: find what the jobs before it left: files, processes, terminals, environment, modules that they changed
# holds: it begins with nothing but what every job begins with
# threat: T15
# ends: success
# proof: clean
import os
import sys

for path in ("/tmp/residue", "/workspace/residue", "/run/residue", "/dev/shm/residue"):
    if os.path.exists(path):
        print("BREACH", path)
for name in os.listdir("/proc"):
    if name.isdecimal() and open(f"/proc/{name}/comm").read().strip() == "residue":
        print("BREACH process", name)
found = [sorted(os.listdir(folder)) for folder in ("/workspace", "/tmp", "/dev/shm", "/workspace/output")]
if found != [[".tmp", "output"], [".shm"], [], []]:
    print("BREACH files", found)
if [name for name in os.listdir("/dev/pts") if name != "ptmx"]:
    print("BREACH terminals", os.listdir("/dev/pts"))
if any(name.partition(".")[0] in ("runner", "tenant", "python") for name in sys.modules):
    print("BREACH modules")
print("clean")
