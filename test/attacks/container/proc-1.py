# tries: look into the runner through /proc/1: environment, memory, descriptors, root, folder, maps, program, stack
# holds: the runner is another user, which the kernel does not let the guest inspect
# threat: T5
# ends: success
# proof: tried \d+
# skip: runsc gVisor of this age shows environment, maps and descriptors of the runner; they hold no secret, and frames-on-proc-fd.py shows that none can be opened
import os

looks = {
    open: ("environ", "mem", "maps", "smaps", "stack", "syscall", "auxv", "io", "pagemap", "personality", "numa_maps"),
    os.listdir: ("fd", "fdinfo", "map_files", "task/1/fd", "root", "cwd", "ns"),
    os.readlink: ("exe", "root", "cwd", "fd/0", "fd/1", "fd/3", "ns/mnt", "ns/user", "task/1/fd/0"),
}
tried = 0
for look, names in looks.items():
    for name in names:
        tried += 1
        try:
            found = look(f"/proc/1/{name}")
            found = found.read(16) if look is open else found
            # The names of the kinds of namespaces are no secret; what they lead to is.
            if found and name != "ns":
                print("BREACH", name, found)
        except OSError as error:
            print(name, error.strerror)
print("tried", tried)
