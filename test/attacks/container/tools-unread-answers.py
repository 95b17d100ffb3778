# tries: ask for large answers on many connections, read none of them, and wait
# holds: the runner keeps its memory and its clock: the guest ends with its time
# threat: T16
# ends: timeout
# tools: yes
# skip: wasm has no sockets, and its own programs
# request: { "limits": { "timeoutMs": 2000, "memoryMb": 64 } }
# proof: ^asked 60$
import socket
import struct
import time

held = []
for _ in range(60):
    s = socket.socket(socket.AF_UNIX)
    s.connect("/run/tools/socket")
    s.sendall(struct.pack(">I", 7) + b"\x05large1")
    held.append(s)
print("asked", len(held), flush=True)
time.sleep(60)
