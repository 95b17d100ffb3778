# tries: reach the abstract socket of the job beside it, find its sockets in /proc/net, meet it on the loopback
# holds: each job has its own network namespace, with its own loopback and its own names of sockets
# threat: T15
# ends: success
# proof: tried \d\d
import socket
import time

tried = 0
end = time.monotonic() + 0.6
while time.monotonic() < end:
    door = socket.socket(socket.AF_UNIX)
    try:
        door.connect("\0neighbour")
        print("BREACH connected")
    except OSError:
        tried += 1
    door.close()
    if "neighbour" in open("/proc/net/unix").read():
        print("BREACH seen in /proc/net/unix")
    time.sleep(0.02)
mine = socket.socket(socket.AF_UNIX)
# The same name at the same time: another namespace.
mine.bind("\0neighbour")
for port in (22, 80, 2375, 8080):
    for kind, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(kind) as each:
            each.settimeout(0.2)
            try:
                each.connect((address, port))
                print("BREACH connected to", address, port)
            except OSError:
                tried += 1
print("tried", tried)
