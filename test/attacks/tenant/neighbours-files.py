# tries: find what the jobs beside it put into /tmp and /workspace, and a place that two jobs can both write to
# holds: each job has its own disk under the same names, and nothing else can be written to
# threat: T15
# ends: success
# proof: looked into \d+
import os
import time

looked = 0
end = time.monotonic() + 0.6
while time.monotonic() < end:
    for path in ("/tmp/neighbour", "/workspace/neighbour", "/proc/1/root/workspace/neighbour"):
        if os.path.exists(path):
            print("BREACH", path, open(path).read())
    time.sleep(0.02)
for folder, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/workspace")]
    looked += 1
    if "neighbour" in names:
        print("BREACH", folder)
    try:
        with open(f"{folder}/left", "w"):
            print("BREACH wrote into", folder)
    except OSError:
        pass
print("looked into", looked)
