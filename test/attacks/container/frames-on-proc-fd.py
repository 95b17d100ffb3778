# tries: forge a verdict on the runner's own streams, found as files of its process, its threads and its terminal
# holds: none of them can be opened, under whatever name
# threat: T4
# ends: error
# proof: tried \d+
import os

own = [os.readlink(f"/proc/self/fd/{fd}") for fd in range(4)]
paths = [f"/proc/{who}/fd/{fd}" for who in ("1", "1/task/1", "self/../1", "thread-self/../../../1") for fd in range(12)]
paths += ["/dev/console", "/dev/pts/0", "/proc/1/root/dev/stdout", "/run/docker/containerd", "/dev/init"]
for path in paths:
    for flags in (os.O_WRONLY | os.O_NONBLOCK, os.O_RDONLY | os.O_NONBLOCK, os.O_RDWR | os.O_NONBLOCK):
        try:
            target = os.readlink(f"/proc/self/fd/{os.open(path, flags)}")
            # The other ends of its own streams give it nothing, nor do files that every user may read.
            if target not in own and target != "/proc/meminfo":
                print("BREACH opened", path, target)
        except OSError:
            pass
print("tried", len(paths))
raise SystemExit(3)
