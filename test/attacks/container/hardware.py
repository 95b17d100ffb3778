# tries: reach the hardware's ports, change the processor's tables, switch the execution domain
# holds: ports need a capability, tables hold no system segment, and a weaker execution domain is refused
# threat: T5
# ends: success
# proof: tried
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
if os.uname().machine == "x86_64":
    if libc.iopl(3) != -1 or libc.ioperm(0x70, 2, 1) != -1:
        print("BREACH the hardware's ports")
    # A segment with the system bit: a call gate would lead into the kernel. struct user_desc cannot even ask for one.
    descriptor = (ctypes.c_uint32 * 4)(0, 0, 0xFFFFFFFF, 0xFFFFFFFF)
    print("modify_ldt", libc.syscall(154, 0x11, descriptor, 16))
ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, PER_BSD = 0x40000, 0x400000, 0x100000, 6
for persona in (ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, PER_BSD):
    if libc.personality(persona) != -1 and libc.personality(0xFFFFFFFF) == persona:
        print("BREACH personality", hex(persona))
print("tried")
