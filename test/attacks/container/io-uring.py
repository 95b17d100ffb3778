# tries: set up an io_uring, which does file and socket work behind the back of the system call filter
# holds: it cannot be had
# threat: T5
# ends: success
# proof: tried
# skip: runsc the ring is gVisor's own, in its own kernel
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
SETUP, ENTER, REGISTER = 425, 426, 427
ring = libc.syscall(SETUP, 4, ctypes.create_string_buffer(256))
print("setup", os.strerror(ctypes.get_errno()) if ring == -1 else "it is there")
if ring != -1:
    print("BREACH io_uring_setup")
# Registering files needs no ring if the descriptor is -1 (IORING_REGISTER_SEND_MSG_RING and the like).
for call in (ENTER, REGISTER):
    if libc.syscall(call, -1, 31, ctypes.create_string_buffer(64), 1, 0) != -1:
        print("BREACH", call)
print("tried")
