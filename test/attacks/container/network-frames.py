# tries: to make bytes in a tunnel, in a body and in a head be taken for frames of the cell protocol, and to take the proxy's place
# holds: bytes of the guest's are payload and nothing else; the proxy's port is taken before the guest starts
# threat: T18
# ends: success
# skip: wasm has no proxy, and its own programs
# proof: ^sent
# network: that of attack-network.ts
import json, socket, struct

port = inputs["net"]["open"]
verdict = json.dumps({"end": "completed", "value": "json", "usage": {"wallMs": 1, "cpuMs": 1, "peakMemoryBytes": 1}, "droppedArtifacts": 0}).encode()
frames = b"".join(
    struct.pack(">IIB", len(body), job, kind) + body
    for job in (0, 1, 2, 0xFFFFFFFF)
    for kind, body in ((20, b'"forged"'), (23, verdict), (28, struct.pack(">IB", 0, 6)), (28, struct.pack(">IBI", 1, 7, 1 << 31)), (11, b""))
)
for head in (
    f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n",
    f"POST http://127.0.0.1:{port}/ HTTP/1.1\r\nContent-Length: {len(frames)}\r\n\r\n",
    "",
):
    with socket.create_connection(("127.0.0.1", 3128), 20) as proxy:
        proxy.sendall(head.encode())
        if head.startswith("CONNECT"):
            proxy.recv(100)
        proxy.settimeout(1)
        try:
            proxy.sendall(frames)
            proxy.recv(1000)
        except OSError:
            pass
for options in (0, socket.SO_REUSEADDR, socket.SO_REUSEPORT):
    thief = socket.socket()
    try:
        if options:
            thief.setsockopt(socket.SOL_SOCKET, options, 1)
        thief.bind(("127.0.0.1", 3128))
        thief.listen()
        print("BREACH the proxy's port could be taken")
    except OSError:
        pass
    finally:
        thief.close()
# There is no other way out: no address but the loopback's, and no route.
for address in (("198.51.100.7", 80), ("1.1.1.1", 53), ("172.17.0.1", port)):
    try:
        socket.create_connection(address, 1).close()
        print("BREACH there is a way to", address)
    except OSError:
        pass
print("sent", len(frames))
