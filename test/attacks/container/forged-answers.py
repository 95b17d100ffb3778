# tries: write answers of its own to its answer pipe: many, too long, cut short, of no kind; claim an error and exit with 0
# holds: an answer counts for the guest's own value alone, once, and where the exit code agrees
# threat: T4
# ends: success
# proof: wrote \d+
import os
import struct


def record(tag, text, length=None):
    return struct.pack(">cI", tag, len(text) if length is None else length) + text


# First, so it is what the runner looks at: an error, which does not go with the exit code 0.
pieces = [record(b"T", b"Forged\0001\0BREACH believed\0"), record(b"L", b""), record(b"?", b"x"), record(b"J", b"x", 0xFFFFFFFF)]
pieces += [record(b"J", b'"BREACH second answer"'), bytes(100_000), record(b"U", b"\xff" * 1_000)]
wrote = 0
for piece in pieces:
    wrote += os.write(3, piece)
print("wrote", wrote, flush=True)
os._exit(0)
