# tries: to slip a second request, a header or another host past the proxy, over a raw connection to it
# holds: each head that two programs could read differently is refused, and nothing of it leaves
# threat: T18
# ends: success
# skip: wasm has no proxy, and its own programs
# proof: ^tried \d+ heads
# network: that of attack-network.ts
import socket

port = inputs["net"]["open"]
inner = inputs["net"]["inner"]
base = f"http://127.0.0.1:{port}"
host = f"Host: 127.0.0.1:{port}\r\n"
smuggled = f"GET {base}/smuggled HTTP/1.1\r\n{host}\r\n"

def say(raw, wait=3):
    with socket.create_connection(("127.0.0.1", 3128), wait) as proxy:
        proxy.sendall(raw if isinstance(raw, bytes) else raw.encode("latin-1"))
        answer = b""
        try:
            while part := proxy.recv(65536):
                answer += part
        except OSError:
            pass
        return answer

heads = [
    f"POST {base}/a HTTP/1.1\r\n{host}Content-Length: 0\r\nContent-Length: {len(smuggled)}\r\n\r\n{smuggled}",
    f"POST {base}/a HTTP/1.1\r\n{host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
    f"POST {base}/a HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
    f"POST {base}/a HTTP/1.1\r\n{host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{smuggled}",
    f"POST {base}/a HTTP/1.1\r\n{host}Content-Length: +5\r\n\r\n{smuggled}",
    f"POST {base}/a HTTP/1.1\r\n{host}Content-Length: 0x5\r\n\r\n{smuggled}",
    f"GET {base}/a HTTP/1.1\r\n{host}X-A: b\nX-Injected: c\r\n\r\n",
    f"GET {base}/a HTTP/1.1\r\n{host}X-A: b\rX-Injected: c\r\n\r\n",
    f"GET {base}/a HTTP/1.1\r\n{host}X-A: b\r\n X-Injected: c\r\n\r\n",
    f"GET {base}/a HTTP/1.1\r\n{host}X-A: b\0c\r\n\r\n",
    f"GET {base}/a\tX HTTP/1.1\r\n{host}\r\n",
    f"GET {base}/a HTTP/1.1\nHost: x\r\n\r\n",
    f"GET {base}/a HTTP/1.1\r\nHost: 127.0.0.1:{inner}\r\n\r\n",
    f"GET http://127.0.0.1:{port}@127.0.0.1:{inner}/ HTTP/1.1\r\n{host}\r\n",
    f"GET http://127.0.0.1:{inner}#@127.0.0.1:{port}/ HTTP/1.1\r\n\r\n",
    f"GET http://127.0.0.1:{inner}\\@127.0.0.1:{port}/ HTTP/1.1\r\n\r\n",
    f"GET /smuggled HTTP/1.1\r\n{host}\r\n",
    f"GET //127.0.0.1:{inner}/ HTTP/1.1\r\n\r\n",
    f"GET {base}/a HTTP/1.1\r\n{host}Connection: close, X-A\r\nX-A: b\r\n\r\n",
    f"GET {base}/a HTTP/1.1\r\n{host}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    f"TRACE {base}/a HTTP/1.1\r\n{host}\r\n",
    f"GET {base}/a HTTP/2.0\r\n{host}\r\n",
    f"GET  {base}/a HTTP/1.1\r\n{host}\r\n",
    f"CONNECT 127.0.0.1:{port}/a HTTP/1.1\r\n\r\n{smuggled}",
    f"CONNECT 127.0.0.1:{inner} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n{smuggled}",
    f"CONNECT 127.0.0.1\0.example:{port} HTTP/1.1\r\n\r\n",
    f"CONNECT http://127.0.0.1:{port} HTTP/1.1\r\n\r\n",
    "CONNECT :443 HTTP/1.1\r\n\r\n",
    f"CONNECT 127.0.0.1:{port + 65536} HTTP/1.1\r\n\r\n",
    f"CONNECT 0177.0.0.1:{port} HTTP/1.1\r\n\r\n",
    "\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    b"\x05\x01\x00\r\n\r\n",
    b"GET " + b"a" * 200_000,
]
for head in heads:
    answer = say(head)
    if not answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 ")):
        print("BREACH", repr(head[:120]), "was answered with", answer[:80])

# A second request on a connection is not answered.
once = say(f"GET {base}/a HTTP/1.1\r\n{host}\r\n{smuggled}{smuggled}")
if once.count(b"HTTP/1.1") != 1:
    print("BREACH a connection carried a second request")
print(f"tried {len(heads)} heads")
