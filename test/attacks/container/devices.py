# tries: make and open devices: the host's disks, its memory, its loop, fuse, kvm, vhost and tunnel drivers
# holds: no device can be opened but the harmless standard ones
# threat: T5
# ends: success
# proof: tried \d+
# skip: runsc /dev/fuse and /dev/net/tun are its own, and of no use without a capability; block-devices.sh tries the rest
import os
import stat

numbers = [(1, 1), (1, 2), (1, 4), (7, 0), (8, 0), (10, 200), (10, 229), (10, 232), (10, 237), (10, 238), (253, 0), (254, 0), (259, 0)]
for major, minor in numbers:
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        for folder in ("/workspace", "/dev", "/dev/mqueue"):
            try:
                os.mknod(f"{folder}/made", kind | 0o666, os.makedev(major, minor))
                print("made", major, minor)
                os.open(f"{folder}/made", os.O_RDONLY | os.O_NONBLOCK)
                print("BREACH opened", major, minor)
            except OSError as error:
                reason = error.strerror
harmless = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
for folder, _, names in os.walk("/dev"):
    for name in names:
        status = os.lstat(f"{folder}/{name}")
        is_device = stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode)
        if is_device and name not in harmless and not folder.startswith("/dev/pts"):
            try:
                os.open(f"{folder}/{name}", os.O_RDWR | os.O_NONBLOCK)
                print("BREACH device:", f"{folder}/{name}")
            except OSError as error:
                print(name, error.strerror)
print("tried", len(numbers), reason)
