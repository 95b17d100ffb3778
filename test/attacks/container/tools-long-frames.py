# tries: begin sixty long inputs at once and end none, so that the runner has to keep them all
# holds: the runner keeps one, and short calls go on
# threat: T16
# ends: success
# tools: yes
# skip: wasm has no sockets, and its own programs
# request: { "limits": { "memoryMb": 64 } }
# proof: ^begun 60, answer 7$
import socket
import struct

held = []
for _ in range(60):
    s = socket.socket(socket.AF_UNIX)
    s.connect("/run/tools/socket")
    s.setblocking(False)
    try:
        for _ in range(20):
            s.send(struct.pack(">I", 1_000_000) + b"\x04echo" + bytes(60_000))
    except (BlockingIOError, BrokenPipeError, ConnectionResetError):  # the runner may hang up on one it does not keep
        pass
    held.append(s)
print(f"begun {len(held)}, answer {tools.echo(7)}")
