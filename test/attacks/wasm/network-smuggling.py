# tries: to slip a second request, a header or another host into a request, by writing its bytes oneself
# holds: each head that two programs could read differently is refused, and nothing of it leaves
# threat: T18
# ends: success
# proof: ^tried \d+ heads
# network: that of attack-network.ts
import http.client

port = inputs["net"]["open"]
inner = inputs["net"]["inner"]
host = f"Host: 127.0.0.1:{port}\r\n"
smuggled = f"GET /smuggled HTTP/1.1\r\n{host}\r\n"


def say(raw):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.connect()
    connection.sock.sendall(raw if isinstance(raw, bytes) else raw.encode("latin-1"))
    with connection.sock.makefile("rb") as answer:
        return answer.read()


heads = [
    f"POST /a HTTP/1.1\r\n{host}Content-Length: 0\r\nContent-Length: {len(smuggled)}\r\n\r\n{smuggled}",
    f"POST /a HTTP/1.1\r\n{host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
    f"POST /a HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
    f"POST /a HTTP/1.1\r\n{host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}",
    f"POST /a HTTP/1.1\r\n{host}Content-Length: +5\r\n\r\n{smuggled}",
    f"POST /a HTTP/1.1\r\n{host}Content-Length: 0x5\r\n\r\n{smuggled}",
    f"GET /a HTTP/1.1\r\n{host}X-A: b\nX-Injected: c\r\n\r\n",
    f"GET /a HTTP/1.1\r\n{host}X-A: b\rX-Injected: c\r\n\r\n",
    f"GET /a HTTP/1.1\r\n{host}X-A: b\r\n X-Injected: c\r\n\r\n",
    f"GET /a HTTP/1.1\r\n{host}X-A: b\0c\r\n\r\n",
    f"GET /a\tX HTTP/1.1\r\n{host}\r\n",
    "GET /a HTTP/1.1\nHost: x\r\n\r\n",
    f"GET /a HTTP/1.1\r\nHost: 127.0.0.1:{inner}\r\n\r\n",
    f"GET @127.0.0.1:{inner}/ HTTP/1.1\r\n\r\n",
    f"GET .example:{inner}/ HTTP/1.1\r\n\r\n",
    f"GET http://127.0.0.1:{port}@127.0.0.1:{inner}/ HTTP/1.1\r\n\r\n",
    f"GET http://127.0.0.1:{inner}#@127.0.0.1:{port}/ HTTP/1.1\r\n\r\n",
    f"GET http://127.0.0.1:{inner}\\@127.0.0.1:{port}/ HTTP/1.1\r\n\r\n",
    f"GET http://127.0.0.1:{inner}/ HTTP/1.1\r\n{host}\r\n",
    f"GET /a HTTP/1.1\r\n{host}Connection: close, X-A\r\nX-A: b\r\n\r\n",
    f"GET /a HTTP/1.1\r\n{host}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    f"TRACE /a HTTP/1.1\r\n{host}\r\n",
    f"GET /a HTTP/2.0\r\n{host}\r\n",
    f"GET  /a HTTP/1.1\r\n{host}\r\n",
    f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n{smuggled}",
    "\r\n\r\n",
    "",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
    b"GET /a HTTP/1.1\r\nX-Long: " + b"a" * 600_000 + b"\r\n\r\n",
    b"GET /a HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
]
for head in heads:
    answer = say(head)
    if not answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 ")):
        print("BREACH", repr(head[:120]), "was answered with", answer[:80])
# Bytes after a request are not another request.
once = say(f"POST /a HTTP/1.1\r\n{host}Content-Length: 2\r\n\r\nhi{smuggled}{smuggled}")
if once.count(b"HTTP/1.1") != 1 or not once.endswith(b"fine"):
    print("BREACH a connection carried a second request")
print(f"tried {len(heads)} heads")
