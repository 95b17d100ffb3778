# tries: the "shocker" escape: open files of the host by made-up handles, the inode of a file system's root first
# holds: open_by_handle_at needs a capability; even a handle of the guest's own file cannot be opened
# threat: T5
# ends: success
# proof: tried \d+
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
tried = 0
mounts = [os.open(path, os.O_RDONLY) for path in ("/", "/etc/hosts", "/etc/resolv.conf", "/workspace", "/proc")]
own = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 136)
libc.name_to_handle_at(-100, b"/etc/hosts", own, ctypes.byref(ctypes.c_int()), 0)
root = ctypes.create_string_buffer(struct.pack("IiQ", 8, 1, 2), 136)
for handle in (own, root):
    for mount in mounts:
        tried += 1
        fd = libc.open_by_handle_at(mount, handle, os.O_RDONLY)
        if fd != -1:
            print("BREACH opened by handle:", os.readlink(f"/proc/self/fd/{fd}"))
print("tried", tried)
