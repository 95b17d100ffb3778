# tries: carry a secret out in pieces: a byte at a time, over both streams, across line buffers, pauses and the bounds of pipes
# holds: redaction sees the stream, not its pieces; what goes to two streams is in neither
# threat: T11
# ends: success
# proof: ^\[redacted:KEY\]\n\[redacted:KEY\]$
# request: {"secrets": {"KEY": "BREACH of the secret 4711"}}
import os
import time

key = os.environ["KEY"].encode()
for byte in key + b"\n":
    os.write(1, bytes([byte]))
    time.sleep(0.004)
for piece in (key[:7], key[7:20], key[20:] + b"\n"):
    os.write(1, piece)
    time.sleep(0.03)
for bound in (4_096, 65_536, 262_144):
    os.write(2, b"." * (bound - 5) + b"\n" + key + b"\n")
# The end of the stream comes in the middle of what looks like it.
os.write(1, key[:-1].replace(b"BREACH", b"breach"))
