# tries: hundreds of connections, calls that are broken off, processes that are killed while they call
# holds: the runner keeps its descriptors and its clock, and calls work again once the guest lets go
# threat: T16
# ends: success
# tools: yes
# skip: wasm has no sockets, and its own programs
# request: { "limits": { "timeoutMs": 60000, "memoryMb": 512 } }
# proof: ^flooded, answer 7$
import os
import signal
import socket
import struct
import time

line = struct.pack(">I", 6) + b"\x04echo1"
held = []
for _ in range(240):
    s = socket.socket(socket.AF_UNIX)
    s.setblocking(False)
    try:
        s.connect("/run/tools/socket")
        s.send(line[:-1])
    except OSError:
        pass
    held.append(s)
for s in held:
    s.close()
for _ in range(100):
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect("/run/tools/socket")
            s.sendall(line)
        except OSError:
            pass
children = []
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        tools.slow()
        os._exit(0)
    children.append(pid)
time.sleep(0.2)
for pid in children:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
print(f"flooded, answer {tools.echo(7)}")
