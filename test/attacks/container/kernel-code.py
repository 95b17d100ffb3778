# tries: put code into the kernel: modules, another kernel, its own tables
# holds: each call is refused before its arguments are looked at (they are all invalid, so that success is impossible)
# threat: T5
# ends: success
# proof: tried \d+
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
numbers = {
    "x86_64": {"init_module": 175, "finit_module": 313, "delete_module": 176, "kexec_load": 246, "kexec_file_load": 320},
    "aarch64": {"init_module": 105, "finit_module": 273, "delete_module": 106, "kexec_load": 104, "kexec_file_load": 294},
}[os.uname().machine]
for name, number in numbers.items():
    result = libc.syscall(number, -1, -1, -1, -1, -1)
    code = ctypes.get_errno()
    print(name, os.strerror(code))
    # Anything else means that the arguments were looked at, and so that the caller is allowed to.
    if result != -1 or code not in (errno.EPERM, errno.ENOSYS):
        print("BREACH", name)
print("tried", len(numbers))
