# tries: reach neighbours by IPv6, which needs no set-up: link-local addresses and multicast groups
# holds: the cell has no link but its loopback
# threat: T7
# ends: success
# proof: tried \d+
import os
import socket

groups = ["ff02::1", "ff02::2", "ff02::fb", "ff02::1:2", "ff05::2", "ff01::1", "fe80::1", "fe80::42:acff:fe11:1", "64:ff9b::7f00:1"]
port = inputs["canary"]["port"]
for group in groups:
    for scope in (0, 1, 2, 3):
        try:
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as caller:
                caller.settimeout(0.01)
                caller.sendto(b"anybody?", (group, port, 0, scope))
                print("BREACH answer", group, scope, caller.recvfrom(256))
        except OSError as error:
            reason = error
    print(group, reason)
if os.path.exists("/proc/net/if_inet6"):
    with open("/proc/net/if_inet6") as file:
        for line in file:
            if not line.rstrip().endswith("lo"):
                print("BREACH interface", line)
print("tried", len(groups) * 4)
