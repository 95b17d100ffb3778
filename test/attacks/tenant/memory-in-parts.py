# tries: take more memory than its limit in parts that each look small: processes, files, sockets
# holds: all of them are added up; what a fork shares is counted once
# threat: T15
# ends: memory_limit
import os
import socket
import time

kept = []
for number in range(8):
    if os.fork() == 0:
        part = bytearray(os.urandom(1 << 20) * 12)
        time.sleep(8)
        os._exit(0)
for number in range(4):
    with open(f"/tmp/{number}", "wb") as file:
        file.write(bytes(8 << 20))
for _ in range(60):
    pair = socket.socketpair()
    pair[0].setblocking(False)
    try:
        while True:
            pair[0].send(bytes(65_536))
    except BlockingIOError:
        kept.append(pair)
time.sleep(8)
