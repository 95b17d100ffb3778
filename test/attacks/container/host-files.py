# tries: read the canary's file and others of the host: by path, through /proc/1/root, by `..`, through mounts and disks
# holds: the guest's tree has none of them
# threat: T5
# ends: success
# proof: tried \d+
import os

canary = inputs["canary"]["file"]
prefixes = ("", "/proc/1/root", "/proc/self/root", "/proc/1/cwd", "/mnt", "/host", "/hostfs", "/rootfs", "/workspace" + "/.." * 40)
prefixes += tuple(f"/proc/self/fd/{fd}{'/..' * 40}" for fd in range(4))
others = ("/etc/shadow", "/root/.ssh/id_rsa", "/root/.bash_history", "/var/lib/docker", "/var/run/docker.sock", "/etc/docker/daemon.json")
tried = 0
for prefix in prefixes:
    for path in (canary, *others):
        tried += 1
        try:
            fd = os.open(prefix + path, os.O_RDONLY)
        except OSError:
            continue
        print("BREACH", prefix + path, os.fstat(fd))
# Mounted from the host by Docker: three small files of the container's own, read-only.
with open("/proc/self/mountinfo") as file:
    for line in file:
        fields = line.split()
        if fields[3] != "/" and fields[4].startswith("/etc/") and not fields[5].startswith("ro"):
            print("BREACH writable mount", line)
print("tried", tried)
