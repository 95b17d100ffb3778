# tries: displays without end, displays that never end, many at one time, from processes that are killed in the middle
# holds: the bounds hold, the runner keeps its memory, its descriptors and its clock, and the guest ends as it would
# threat: T17
# ends: success
# request: { "limits": { "timeoutMs": 60000, "fileMb": 2, "diskMb": 8 } }
# skip: wasm has no sockets, and its own programs
# proof: ^flooded$
import os
import signal
import socket
import struct
import threading
import time


def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(5)
    s.connect("/run/tools/socket")
    return s


# A display that never ends: after fileMb the runner wants no more of it.
piece = b"\xff\x00" + bytes(60_000)
with connect() as s:
    s.sendall(struct.pack(">I", 7) + b"\xff\x01\x04a/bc")
    s.recv(5)
    answers = set()
    for _ in range(60):
        s.sendall(struct.pack(">I", len(piece)) + piece)
        answers.add(s.recv(5)[-1:])
    if answers != {b"\0", b"\1"}:
        print("BREACH more than fileMb is taken")
# Killed in the middle.
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        while True:
            display("x" * 1_000_000)
    time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
threads = [threading.Thread(target=lambda: [display("y" * 9_000) for _ in range(20)]) for _ in range(40)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for n in range(2_000):
    display(n)
print("flooded")
