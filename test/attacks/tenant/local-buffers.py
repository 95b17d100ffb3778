# tries: hold more than the limit in local sockets that count for less than they hold: each takes one more message as long as it is not full
# holds: a socket counts for the most that it can hold
# threat: T15
# ends: memory_limit
# proof: ^begun
# request: {"limits": {"memoryMb": 64, "timeoutMs": 60000, "openFiles": 256}}
import os
import socket
import struct
import time

MEMINFO, WRITTEN = 55, 2


def fill():
    held, kept = 0, []
    for _ in range(50):
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        kept += [one, other]
        for end in (one, other):
            end.setblocking(False)
            try:
                for size in (150_000, 200_000, 1, 1):
                    end.send(bytes(size))
            except OSError:
                pass
            held += struct.unpack("9I", end.getsockopt(socket.SOL_SOCKET, MEMINFO, 36))[WRITTEN]
    os.write(writer, struct.pack("I", held))
    time.sleep(60)


print("begun", flush=True)
reader, writer = os.pipe()
for _ in range(2):
    if os.fork() == 0:
        fill()
        os._exit(0)
held = sum(struct.unpack("I", os.read(reader, 4))[0] for _ in range(2)) >> 20
print(held, "MiB", flush=True)
# To end a guest may take a while.
time.sleep(30)
print("BREACH", held, "MiB")
os._exit(0)
