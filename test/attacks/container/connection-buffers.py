# tries: hold memory in what connections to itself have sent and nobody reads
# holds: what the buffers of sockets hold counts as memory of the guest
# threat: T8
# ends: memory_limit success
# proof: ^begun
# request: {"limits": {"memoryMb": 64, "timeoutMs": 60000, "openFiles": 256}}
import os
import socket
import struct
import time


def fill():
    held, kept = 0, []
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    try:
        while held < 48 << 20:
            near = socket.create_connection(listener.getsockname())
            far, _address = listener.accept()
            kept += [near, far]
            for each in (near, far):
                for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                    each.setsockopt(socket.SOL_SOCKET, option, 1 << 28)
                each.setblocking(False)
            for each in (near, far):
                try:
                    while True:
                        held += each.send(bytes(65_536))
                except BlockingIOError:
                    pass
    except OSError:
        pass
    os.write(writer, struct.pack("I", held >> 20))
    time.sleep(60)


print("begun", flush=True)
reader, writer = os.pipe()
count = 0
for _ in range(12):
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
