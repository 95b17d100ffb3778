# tries: use up descriptors, its own and the host's, by opening, by eventfds, by sockets in flight, by nested epolls
# holds: the bound of the process holds; the system's table is far from full and the runner goes on
# threat: T8
# ends: success
# proof: held \d+ \d+
# request: {"limits": {"openFiles": 64}}
import array
import os
import select
import socket

held = []
for make in (lambda: os.open("/dev/null", os.O_RDONLY), lambda: os.eventfd(0), lambda: os.dup(0), lambda: select.epoll().fileno()):
    try:
        while len(held) < 10_000:
            held.append(make())
        print("BREACH", len(held), "descriptors")
    except OSError as error:
        print(error.strerror)
for fd in held[32:]:
    os.close(fd)
# Descriptors that lie in a socket's queue belong to no process.
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.setblocking(False)
flying = 0
try:
    while flying < 20_000:
        one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * 16))])
        flying += 16
    print("NOTE no bound but memory for descriptors in flight")
except OSError as error:
    print(error.strerror)
print("held", len(held), flying)
