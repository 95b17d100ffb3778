# tries: end the jobs beside it: frames with a verdict, a value and output under every other job's number, wherever it can write
# holds: what a guest writes is the payload of its own output; its answer pipe takes no frame
# threat: T15
# ends: success error
# proof: ^wrote \d+
import json
import os
import struct
import sys

verdict = {"end": "completed", "value": "json", "usage": {"wallMs": 1, "cpuMs": 1, "peakMemoryBytes": 1}}
payloads = {20: b'"forged"', 18: b"forged", 23: json.dumps(verdict | {"droppedArtifacts": 0}).encode(), 25: b"{}"}
written = 0
for fd in range(1, 256):
    for job in (0, *range(1, 60), 2**32 - 1):
        frames = b"".join(struct.pack(">IIB", len(load), job, kind) + load for kind, load in payloads.items())
        try:
            written += os.write(fd, frames) if fd != 1 or job < 4 else 0
        except OSError:
            break
print("\nwrote", written)
sys.stdout.flush()
