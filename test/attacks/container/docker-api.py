# tries: find the API of a container engine: on every usual socket file, and by TCP on the gateways
# holds: no API is found; a process that reaches one would be root on the host
# threat: T7
# ends: success
# proof: tried \d+
import socket

files = [inputs["canary"]["dockerSocket"], "/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock"]
files += ["/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/user/1000/docker.sock", "/run/guest-services/backend.sock"]
files += [f"/proc/1/root{path}" for path in files]
hosts = ["127.0.0.1", "172.17.0.1", "192.168.65.7", "192.168.65.2", "10.0.2.2", "host.docker.internal", *inputs["canary"]["addresses"]]
attacks = [(socket.AF_UNIX, path) for path in files]
attacks += [(socket.AF_INET, (host, port)) for host in hosts if ":" not in host for port in (2375, 2376, 4243, 8080, 10250)]
for family, address in attacks:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as engine:
            engine.settimeout(0.05)
            engine.connect(address)
            print("BREACH connected", address)
            engine.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            print("BREACH", engine.recv(256))
    except OSError as error:
        print(address, error)
print("tried", len(attacks))
