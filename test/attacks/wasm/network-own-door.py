# tries: find the functions through which requests leave the interpreter, and say to them what no client says; floods, bodies as bombs, answers that nobody reads
# holds: the host passes on only what keeps the protocol, what is open is bounded, and the next request is answered
# threat: T18
# ends: success
# request: { "limits": { "timeoutMs": 60000 } }
# proof: ^lied \d+, answer fine$
# network: that of attack-network.ts
import http.client, json, math, urllib.request

base = f"http://127.0.0.1:{inputs['net']['open']}"
door = http.client.HTTPConnection.connect.__globals__["REQUESTS"]
request, hear, drop = door.request, door.receive, door.drop
head = {"method": "GET", "url": base + "/", "headers": [], "hasBody": False, "redirects": 0}
lies = ["", "{", "null", "[]", "[" * 100_000, "\ud800", "x" * 2_000_000, None, {}, -1]
lies += [json.dumps(head | lie) for lie in (
    {"url": None}, {"url": "file:///etc/passwd"}, {"method": "CONNECT"}, {"headers": 5}, {"headers": [["a"]]},
    {"headers": [["x-injected", "y"], ["x-injected", "z"]]}, {"headers": {"__proto__": 1}}, {"redirects": 1e9},
    {"redirects": -1}, {"hasBody": "yes"}, {"url": base + "/smuggled\r\nX: y"}, {"__proto__": {"url": base}},
)]
lied = 0
for lie in lies:
    for body in (None, "\u20ac" * 100):
        try:
            number = request(lie, body)
            hear(number, 200)
            drop(number)
        except Exception:
            pass
        lied += 1
for number in (0, -1, 1, 2**31, math.nan, "__proto__", None, {}):
    for ms in (0, 0.5, math.nan, 1):
        try:
            hear(number, ms)
            drop(number)
        except Exception:
            pass
# A body that its head does not announce, one that never comes, answers that nobody reads.
for path, more in (("/endless", {}), ("/mute", {}), ("/drip", {}), ("/", {"method": "POST", "hasBody": True})):
    for _ in range(5):
        request(json.dumps(head | more | {"url": base + path}), "y" * 300_000 if more else None)
held = [request(json.dumps(head | {"url": base + "/mute"}), None) for _ in range(80)]
for _ in range(300):
    hear(held[-1], 1)
for number in range(400):
    drop(number)
print(f"lied {lied}, answer {urllib.request.urlopen(base + '/', timeout=10).read().decode()}")
