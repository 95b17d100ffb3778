# tries: find descriptors that were inherited on the way from the zygote: the engine's channel, sockets of other jobs
# holds: a guest has its three streams and the socket for its answer; the runner's own cannot be looked at
# threat: T15
# ends: success
# proof: descriptors \[
import os

found = {}
for name in os.listdir("/proc/self/fd"):
    try:
        found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        pass
print("descriptors", sorted(found))
for fd, what in found.items():
    if fd > 3 or not what.startswith("socket:" if fd == 3 else "pipe:"):
        print("BREACH", fd, what)
try:
    print("BREACH the runner's:", os.listdir("/proc/1/fd"))
except OSError as error:
    print(error.strerror)
