# tries: hold more memory than allowed by each way in turn: anonymous, shared, memfd, tmpfs, locked, stacks, pipes
# holds: all of them count for the cell: each child is killed or refused before it holds 256 MiB
# threat: T8
# ends: success memory_limit
# proof: before
# request: {"limits": {"memoryMb": 64, "diskMb": 16, "timeoutMs": 60000}}
import ctypes
import mmap
import os
import threading

libc = ctypes.CDLL(None)
piece, most = 8 << 20, 256 << 20
page = b"x" * piece


def shared():
    area = mmap.mmap(-1, most)
    for _ in range(most // piece):
        area.write(page)


def locked():
    area = mmap.mmap(-1, most)
    if libc.mlockall(3) == -1 and libc.mlock(ctypes.addressof(ctypes.c_char.from_buffer(area)), most) == -1:
        raise MemoryError("mlock was refused")


def stacks():
    threading.stack_size(16 << 20)
    depth = lambda left: left and depth(left - 1)
    for _ in range(24):
        threading.Thread(target=lambda: (ctypes.memset(ctypes.create_string_buffer(12 << 20), 1, 12 << 20), never.wait(2))).start()


def tmpfs():
    for number in range(most // piece):
        with open(f"/workspace/{number}", "wb") as file:
            file.write(page)


def memfd():
    for number in range(most // piece):
        os.write(os.memfd_create("hidden"), page)


def pipes():
    import fcntl

    held = 0
    while held < most:
        read, write = os.pipe2(os.O_NONBLOCK)
        held += os.write(write, bytes(fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 1 << 20)))


print("before", flush=True)
never = threading.Event()
anonymous = lambda: bytearray(most)
for name, attack in list(globals().items()):
    if name not in ("anonymous", "shared", "memfd", "tmpfs", "locked", "stacks", "pipes"):
        continue
    if (pid := os.fork()) == 0:
        try:
            attack()
            # Its own address space may be that large, if it is not touched.
            with open("/proc/self/status") as status:
                held = [line for line in status if line.startswith("VmRSS")][0].split()[1]
            if int(held) > 100_000:
                print("BREACH", name, held, flush=True)
        except (OSError, MemoryError, ValueError, RuntimeError) as error:
            print(name, error, flush=True)
        os._exit(0)
    print(name, "wait status", os.waitpid(pid, 0)[1], flush=True)
