# tries: send the tool socket frames that no client sends: false lengths, false names, frames of the cell protocol, calls sent together
# holds: a connection with false frames is closed or answered, the runner continues, and the next call works
# threat: T16
# ends: success
# tools: yes
# skip: wasm has no sockets, and its own programs
# proof: ^lied 15, answer 7$
import os
import socket
import struct


def frame(payload, length=None):
    return struct.pack(">I", len(payload) if length is None else length) + payload


def call(name, text):
    return frame(bytes([len(name)]) + name + text)


lies = [
    frame(b""),
    frame(b"\xff"),
    frame(b"\x05"),
    frame(b"\x41" + b"n" * 65 + b"1"),
    frame(b"\x04echo", 0xFFFFFFFF)[:9],
    frame(b"\x04echo", 0x7FFFFFFF) + bytes(3_000_000),
    frame(b"\x04echo" + b"1", 3),
    call(b"\xff\xfe", b"1"),
    call(b"__proto__", b"1"),
    call(b"echo\0", b"1"),
    call(b"echo", b"\xff\xff"),
    call(b"echo", b'{"__proto__":{"polluted":1}}'),
    call(b"echo", b"[" * 100_000),
    struct.pack(">IIB", 2, 1, 23) + b"{}",
    b"".join(call(b"echo", b"%d" % n) for n in range(500)),
]
lied = 0
for lie in lies:
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(1)
        s.connect("/run/tools/socket")
        try:
            s.sendall(lie)
            s.shutdown(socket.SHUT_WR)
            answer = s.recv(65_536)
            if b"INTERNAL" in answer or b"polluted" in answer:
                print("BREACH", answer)
        except OSError:
            pass
        lied += 1
# Descriptors of the guest's own, sent along.
with socket.socket(socket.AF_UNIX) as s:
    s.connect("/run/tools/socket")
    socket.send_fds(s, [call(b"echo", b"1")], [0, 1, 2] + [os.open("/dev/zero", os.O_RDONLY)] * 50)
    s.recv(100)
print(f"lied {lied}, answer {tools.echo(7)}")
