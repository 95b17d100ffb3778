# tries: reach the canary's port on every address of the host, by TCP and UDP, and the usual gateways
# holds: there is no way out of the cell's own loopback
# threat: T7
# ends: success
# proof: tried \d+
import socket

canary = inputs["canary"]
hosts = [*canary["addresses"], "127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "172.17.0.1", "172.18.0.1", "192.168.65.2"]
hosts += ["10.0.2.2", "10.0.2.3", "192.168.0.1", "192.168.1.1", "host.docker.internal", "gateway.docker.internal", "0x7f000001"]
tried = 0
for host in hosts:
    for port in (canary["port"], 22, 80, 443):
        tried += 1
        try:
            with socket.create_connection((host, port), timeout=0.05) as connection:
                print("BREACH reached", host, port, connection.recv(256))
        except OSError as error:
            reason = error
    print(host, reason)
    if ":" not in host and host[0].isdigit():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            try:
                datagram.settimeout(0.02)
                datagram.connect((host, canary["port"]))
                datagram.send(b"hello")
                print("BREACH answered", host, datagram.recv(256))
            except OSError:
                pass
print("tried", tried)
