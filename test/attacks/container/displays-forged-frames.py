# tries: send the runner's socket frames that no client sends: displays without a start, media types longer than their frame, false lengths and flags, two mixed displays, progress that is not a number
# holds: false frames are refused or dropped, the runner and the engine continue, and the next display arrives
# threat: T17
# ends: success
# skip: wasm has no sockets, and its own programs
# proof: ^lied 17$
import socket
import struct


def frame(payload, length=None):
    return struct.pack(">I", len(payload) if length is None else length) + payload


def begin(media_type, data, flags=3):
    return bytes([255, flags, len(media_type)]) + media_type + data


def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(1)
    s.connect("/run/tools/socket")
    return s


lies = [
    frame(b"\xff"),
    frame(b"\xff\x00no beginning"),
    frame(b"\xff\x02no beginning"),
    frame(b"\xff\x03"),
    frame(b"\xff\x03\xffshort"),
    frame(begin(b"t" * 200, b"long")),
    frame(b"\xff\xff\x05a/bcd"),
    frame(begin(b"image/png", b"x"), 0xFFFFFFFF),
    frame(begin(b"image/png", b"x", 1), 70_000) + bytes(3_000_000),
    frame(begin(b"image/png", bytes(60_000), 1)),
    frame(begin(b"\xff\xfe", b"x", 7)),
    frame(b"\xfe"),
    frame(b"\xfe" + struct.pack(">d", float("nan")) + b"text"),
    frame(b"\xfe" + struct.pack(">d", float("-inf")) + b"\xff" * 60_000),
    frame(b"\xfe" + struct.pack(">d", float("inf")) + b"\x1b[2J"),
    struct.pack(">IIB", 2, 1, 30) + b"{}",
]
for lie in lies:
    with connect() as s:
        try:
            s.sendall(lie)
            s.shutdown(socket.SHUT_WR)
            s.recv(65_536)
        except OSError:
            pass
# Two displays, piece by piece in turn: the second waits for the first.
with connect() as first, connect() as second:
    first.sendall(frame(begin(b"text/plain", b"first ", 1)))
    first.recv(5)
    second.sendall(frame(begin(b"text/plain", b"second", 3)))
    first.sendall(frame(b"\xff\x02first"))
    if first.recv(5)[-1:] != b"\1" or second.recv(5)[-1:] != b"\1":
        print("BREACH a display was refused")
display("after it all")
print("lied", len(lies) + 1)
