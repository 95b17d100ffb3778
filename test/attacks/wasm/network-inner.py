# tries: to reach private, local, metadata, mapped and translated addresses that `allow` even names, in any spelling, through names and through redirects
# holds: the engine refuses them, whatever `allow` says, and resolves names itself; there are no sockets beside
# threat: T18
# ends: success
# proof: ^tried \d+ hosts
# network: that of attack-network.ts
import http.client, socket, urllib.error, urllib.request

net = inputs["net"]
port = net["open"]
hosts = [*net["innerAddresses"], "inner.example", "both.example", "localhost", "169.254.169.254", "metadata.google.internal"]
spellings = ["2130706433", "127.1", "[::ffff:127.0.0.1]", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.1%00.example", "u:p@127.0.0.1"]


def attempt(url):
    try:
        return urllib.request.urlopen(url, timeout=5).read()
    except (OSError, http.client.HTTPException, ValueError):
        return None


for scheme in ("http", "https"):
    for host in [*(f"{each}:{port}" for each in hosts + spellings), "127.0.0.1:1", f"127.0.0.1:{net['inner']}"]:
        if (answer := attempt(f"{scheme}://{host}/")) is not None:
            print("BREACH", scheme, host, answer[:100])
for url in ("file:///etc/passwd", f"ftp://127.0.0.1:{net['inner']}/", f"gopher://127.0.0.1:{port}/", f"//127.0.0.1:{net['inner']}/"):
    if (answer := attempt(url)) is not None:
        print("BREACH", url, answer[:100])
for path in ("/to-inner", "/to-metadata", "/to-file", "/loop"):
    if (answer := attempt(f"http://127.0.0.1:{port}{path}")) is not None:
        print("BREACH", path, answer[:100])
# What a name has now and what it had a moment ago: only the address that was checked is connected to.
for _ in range(12):
    if attempt(f"http://rebind.example:{port}/") not in (None, b"fine"):
        print("BREACH rebinding")
if attempt(f"http://127.0.0.1:{port}/") != b"fine":
    print("BREACH what is allowed does not work, so nothing was tried")
for address in (("127.0.0.1", port), ("127.0.0.1", net["inner"]), ("198.51.100.7", 80)):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(type=kind) as way:
                way.connect(address)
                way.sendall(b"GET / HTTP/1.0\r\n\r\n")
                if way.recv(1):
                    print("BREACH a socket reached", address)
        except OSError:
            pass
print(f"tried {len(hosts)} hosts")
