# tries: to swamp the proxy and the engine: connections by the hundred, heads that never end, answers that nobody reads, beside a flood of output
# holds: what is open and what is asked for is bounded, each refusal has its reason, and the limits of the job still hold
# threat: T18
# ends: success timeout output_limit
# skip: wasm has no proxy, and its own programs
# proof: ^flooded
# request: { "limits": { "timeoutMs": 8000 } }
# network: that of attack-network.ts
import socket, threading, time

port = inputs["net"]["open"]
held = []

def hold(raw):
    try:
        proxy = socket.create_connection(("127.0.0.1", 3128), 2)
        proxy.sendall(raw)
        held.append(proxy)
    except OSError:
        pass

print("flooded", flush=True)
# Answers that nobody reads, bodies that never come, heads that never end.
for path in ("endless", "endless", "drip", "mute") * 3:
    hold(f"GET http://127.0.0.1:{port}/{path} HTTP/1.1\r\n\r\n".encode())
hold(f"POST http://127.0.0.1:{port}/ HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n".encode() + b"x" * 100_000)
hold(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode() + b"x" * 50_000)
hold(b"GET ")

def hammer():
    until = time.monotonic() + 4
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", 3128), 1) as proxy:
                proxy.sendall(f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\n\r\n".encode())
                proxy.recv(10)
        except OSError:
            pass

threads = [threading.Thread(target=hammer) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for proxy in held[::2]:
    proxy.close()
