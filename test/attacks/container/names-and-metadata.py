# tries: resolve names (a way to send data out if there is no other), and ask the cloud's metadata services
# holds: neither a resolver nor such an address can be reached
# threat: T7
# ends: success
# proof: tried \d+
import socket

servers = ["127.0.0.11", "127.0.0.53", "8.8.8.8", "1.1.1.1", "169.254.169.253", "172.17.0.1", "::1", "2001:4860:4860::8888"]
with open("/etc/resolv.conf") as file:
    servers += [line.split()[1] for line in file if line.startswith("nameserver")]
question = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"
for server in servers:
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as resolver:
        resolver.settimeout(0.03)
        try:
            resolver.sendto(question, (server, 53))
            print("BREACH answer of", server, resolver.recv(512))
        except OSError as error:
            print(server, error)
for name in ("example.com", "metadata.google.internal", "kubernetes.default.svc", "leak.canary.example"):
    try:
        print("BREACH resolved", name, socket.getaddrinfo(name, 80))
    except OSError as error:
        print(name, error)
metadata = ["169.254.169.254", "fd00:ec2::254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"]
for host in metadata:
    try:
        with socket.create_connection((host, 80), timeout=0.05) as service:
            service.sendall(b"GET /latest/meta-data/ HTTP/1.0\r\n\r\n")
            print("BREACH metadata", host, service.recv(256))
    except OSError as error:
        print(host, error)
print("tried", len(servers) + len(metadata) + 4)
