# tries: learn where things lie in the kernel and in physical memory: kallsyms, pagemap, wchan, slabs, ioports
# holds: addresses read as zero, as they do for every unprivileged process
# threat: T14
# ends: success
# proof: tried
import ctypes
import struct

try:
    with open("/proc/kallsyms") as symbols:
        if any(int(line.split()[0], 16) for line in symbols):
            print("BREACH addresses of the kernel")
except OSError as error:
    print("kallsyms", error.strerror)
page = ctypes.create_string_buffer(b"x", 8192)
try:
    with open("/proc/self/pagemap", "rb") as pagemap:
        pagemap.seek(ctypes.addressof(page) // 4096 * 8)
        (entry,) = struct.unpack("Q", pagemap.read(8))
        # The number of the physical frame is what rowhammer needs.
        if entry & ((1 << 55) - 1):
            print("BREACH physical frame", hex(entry))
except OSError as error:
    print("pagemap", error.strerror)
for path in ("/proc/iomem", "/proc/ioports"):
    try:
        with open(path) as file:
            if any(int(line.split("-")[0], 16) for line in file):
                print("BREACH physical addresses in", path)
    except OSError as error:
        print(path, error.strerror)
for path in ("/proc/slabinfo", "/proc/vmallocinfo", "/proc/1/stack", "/sys/module/ext4/sections/.text"):
    try:
        with open(path, "rb") as file:
            file.read(64)
        print("BREACH", path)
    except OSError as error:
        print(path, error.strerror)
print("tried")
