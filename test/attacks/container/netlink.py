# tries: make itself an interface, an address and a way out by netlink, listen to the kernel's events and audit
# holds: nothing of it works without a capability; the cell has its loopback alone
# threat: T7
# ends: success
# proof: tried \d+
import socket
import struct

NEWLINK, NEWADDR, NEWROUTE = 16, 20, 24
REQUEST_CREATE_ACK = 0x0605
messages = {
    # An interface of the kind "dummy"; the loopback taken down; 10.0.0.1 on the loopback; a way to everywhere.
    "link": (NEWLINK, struct.pack("BxHiII", 0, 0, 0, 0, 0) + struct.pack("HHHH6sxx", 20, 18, 10, 1, b"dummy\0")),
    "down": (NEWLINK, struct.pack("BxHiII", 0, 0, 1, 0, 1)),
    "address": (NEWADDR, struct.pack("BBBBI", 2, 8, 0, 0, 1) + struct.pack("HH4s", 8, 2, bytes((10, 0, 0, 1)))),
    "route": (NEWROUTE, struct.pack("BBBBBBBBI", 2, 0, 0, 0, 254, 3, 253, 1, 0) + struct.pack("HHI", 8, 4, 1)),
}
for name, (kind, body) in messages.items():
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
            link.settimeout(0.2)
            link.send(struct.pack("IHHII", 16 + len(body), kind, REQUEST_CREATE_ACK, 1, 0) + body)
            error = struct.unpack_from("i", link.recv(4096), 16)[0]
            print(name, error)
            if error == 0:
                print("BREACH", name)
    except OSError as error:
        print(name, error.strerror)
# Multicast groups of events, audit, netfilter, SELinux: what other containers do would be heard here.
for family in (2, 4, 5, 7, 9, 12, 15, 20):
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family) as link:
            link.bind((0, 0xFFFFFFFF))
            link.settimeout(0.02)
            print("BREACH heard", family, link.recv(4096)[:64])
    except OSError as error:
        print(family, error)
with open("/proc/net/dev") as file:
    interfaces = [line.split(":")[0].strip() for line in file if ":" in line]
if interfaces != ["lo"]:
    print("BREACH", interfaces)
print("tried", len(messages))
