# tries: to hold memory in the buffers of connections to itself, which is charged to no job of those that share a container
# holds: such a buffer is as small as that of any socket, and its size cannot be changed
# threat: T15
# ends: success
# proof: ^held \d+ bytes in \d+ connections
import socket

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(64)
held, kept = 0, []
for _ in range(64):
    near = socket.create_connection(listener.getsockname())
    far, _address = listener.accept()
    for each in (near, far):
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            each.setsockopt(socket.SOL_SOCKET, option, 64 << 20)
    near.setblocking(False)
    try:
        while True:
            held += near.send(b"x" * 65536)
    except BlockingIOError:
        pass
    kept += [near, far]
for path in ("/proc/sys/net/ipv4/tcp_rmem", "/proc/sys/net/ipv4/tcp_wmem"):
    try:
        with open(path, "w") as setting:
            setting.write("4096 6291456 6291456")
        print("BREACH", path, "could be written")
    except OSError:
        pass
if held > 64 * 786_432:
    print("BREACH", held, "bytes lie in buffers")
print("held", held, "bytes in 64 connections")
