# tries: hold memory in datagrams that nobody reads, in many sockets of many processes
# holds: what the buffers of sockets hold counts as memory of the guest
# threat: T8
# ends: memory_limit success
# proof: ^begun
# request: {"limits": {"memoryMb": 64, "timeoutMs": 60000, "openFiles": 256}}
import os
import socket
import struct
import time

MEMINFO = 55


def fill():
    held, kept = 0, []
    try:
        while True:
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            kept.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 28)
            one.bind(("127.0.0.1", 0))
            one.connect(one.getsockname())
            one.setblocking(False)
            before = -1
            while held < 48 << 20:
                one.send(bytes(60_000))
                now = struct.unpack("I", one.getsockopt(socket.SOL_SOCKET, MEMINFO, 4))[0]
                if now == before:
                    break
                held += now - max(before, 0)
                before = now
            if held >= 48 << 20:
                break
    except OSError:
        pass
    os.write(writer, struct.pack("I", held >> 20))
    time.sleep(60)


print("begun", flush=True)
reader, writer = os.pipe()
count = 0
for _ in range(24):
    try:
        if os.fork() == 0:
            fill()
            os._exit(0)
        count += 1
    except OSError:
        break
held = sum(struct.unpack("I", os.read(reader, 4))[0] for _ in range(count))
print(held, "MiB", flush=True)
if held > 128:
    # To end a guest may take a while.
    time.sleep(30)
    print("BREACH", held, "MiB")
os._exit(0)
