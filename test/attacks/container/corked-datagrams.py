# tries: hold memory in datagrams that are begun and never sent, in many sockets of many processes
# holds: what the buffers of sockets hold counts as memory of the guest
# threat: T8
# ends: memory_limit success
# proof: ^begun
# request: {"limits": {"memoryMb": 32, "timeoutMs": 60000, "openFiles": 256}}
import os
import socket
import struct
import time


def fill():
    held, kept = 0, []
    try:
        while True:
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            kept.append(one)
            one.connect(("127.0.0.1", 9))
            for _ in range(100):
                one.send(bytes(600), socket.MSG_MORE)
                held += 600
    except OSError:
        pass
    os.write(writer, struct.pack("I", held))
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
held = sum(struct.unpack("I", os.read(reader, 4))[0] for _ in range(count)) >> 20
print(held, "MiB", flush=True)
if held > 64:
    # To end a guest may take a while.
    time.sleep(30)
    print("BREACH", held, "MiB")
os._exit(0)
