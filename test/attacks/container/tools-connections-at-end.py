# tries: end while all connections that the runner takes are open, and keep the runner busy after that
# holds: the runner, which has closed its socket by then, still sends the verdict
# threat: T16
# ends: success
# skip: wasm its calls come through no socket
# request: {"limits": {"memoryMb": 256}}
# proof: ^connected \d+$
import os
import socket
import time

open_ones = []
for _ in range(160):
    one = socket.socket(socket.AF_UNIX)
    one.setblocking(False)
    try:
        one.connect("/run/tools/socket")
    except OSError:
        break
    open_ones.append(one)
# Long enough for the runner to accept them.
time.sleep(0.5)
os.makedirs("output", exist_ok=True)
with open("output/large", "wb") as file:
    file.write(os.urandom(1024) * 8_192)
print("connected", len(open_ones))
