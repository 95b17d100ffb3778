# tries: one display of 200 MB, made of little memory, and progress all the while
# holds: the runner keeps no piece of it, the display is left out, and the job's memory limit holds
# threat: T17
# ends: success
# request: { "limits": { "timeoutMs": 60000, "memoryMb": 64 } }
# skip: wasm has no sockets, and its own programs
# proof: ^sent [0-9]+$
import socket
import struct

sent = 0
with socket.socket(socket.AF_UNIX) as s:
    s.connect("/run/tools/socket")
    piece = b"\xff\x01\x09image/png\x89PNG\r\n\x1a\n" + bytes(65_000)
    for n in range(3_200):
        s.sendall(struct.pack(">I", len(piece)) + piece)
        s.recv(5)
        sent += len(piece)
        piece = b"\xff\x00" + bytes(65_000)
        hotcell.progress(n / 3_200, "x" * 5_000)
print("sent", sent)
