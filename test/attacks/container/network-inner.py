# tries: to reach private, local, metadata, mapped and translated addresses that `allow` even names, by tunnel and by request
# holds: the engine refuses them, whatever `allow` says, and resolves names itself
# threat: T18
# ends: success
# skip: wasm has no proxy, and its own programs
# proof: ^tried \d+ hosts
# network: that of attack-network.ts
import http.client, urllib.error, urllib.request

net = inputs["net"]
port = net["open"]
hosts = [*net["innerAddresses"], "inner.example", "both.example", "localhost", "169.254.169.254", "metadata.google.internal"]

def status_of(method, target):
    proxy = http.client.HTTPConnection("127.0.0.1", 3128, timeout=5)
    try:
        proxy.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        proxy.endheaders()
        answer = proxy.getresponse()
        return answer.status, answer.read()
    finally:
        proxy.close()

for host in hosts:
    for method, target in (("CONNECT", f"{host}:{port}"), ("GET", f"http://{host}:{port}/")):
        status, body = status_of(method, target)
        # 502 says that a name has no address.
        if status not in (403, 502):
            print("BREACH", method, target, status, body[:100])
for target in ("127.0.0.1:1", f"127.0.0.1:{net['inner']}", f"2130706433:{port}", f"127.1:{port}", f"[::ffff:127.0.0.1]:{port}", f"0x7f.0.0.1:{port}"):
    status, body = status_of("CONNECT", target)
    if status != 403:
        print("BREACH", target, status, body[:100])

# What a name has now and what it had a moment ago: only the address that was checked is connected to.
for _ in range(12):
    status, body = status_of("GET", f"http://rebind.example:{port}/")
    if not (status == 403 or status == 200 and body == b"fine"):
        print("BREACH rebinding", status, body[:100])

for path in ("/to-inner", "/to-metadata", "/to-file", "/loop"):
    try:
        print("BREACH", path, urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read()[:100])
    except urllib.error.URLError:
        pass
print(f"tried {len(hosts)} hosts")
