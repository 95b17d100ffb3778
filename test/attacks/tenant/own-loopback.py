# tries: use the loopback of its job, which is up, to meet a neighbour or the host, and to change the network
# holds: its own processes alone are there; addresses, routes and settings stay as they are
# threat: T15
# ends: success
# proof: ^met itself over \[
import os
import socket

met = []
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "127.1.2.3")):
    listener = socket.socket(family)
    listener.bind((address, 8_765))
    listener.listen()
    if os.fork() == 0:
        with socket.create_connection((address, 8_765), 5) as near:
            near.sendall(b"own")
        os._exit(0)
    far, _ = listener.accept()
    if far.recv(3) == b"own":
        met.append(address)
    listener.close()
    os.wait()
for port in (*range(1, 1_024), 2_375, 3_128, 5_432, 6_379, 8_080):
    with socket.socket() as each:
        if each.connect_ex(("127.0.0.1", port)) == 0:
            print("BREACH something listens at", port)
for address in ("169.254.169.254", "172.17.0.1", "10.0.0.1", "192.0.2.1"):
    with socket.socket() as each:
        each.settimeout(0.2)
        if each.connect_ex((address, 80)) == 0:
            print("BREACH reached", address)
for kind in (socket.SOCK_RAW, 10):
    for family in (socket.AF_INET, socket.AF_PACKET, socket.AF_NETLINK):
        try:
            socket.socket(family, kind)
            print("BREACH a socket", family, kind)
        except OSError:
            pass
for name in ("ipv4/ip_forward", "ipv4/tcp_rmem", "core/somaxconn", "ipv4/ip_unprivileged_port_start"):
    try:
        with open(f"/proc/sys/net/{name}", "w") as setting:
            setting.write("1")
        print("BREACH changed", name)
    except OSError:
        pass
print("met itself over", met)
