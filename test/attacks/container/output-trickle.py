# tries: cost the engine more than itself: a hundred thousand writes of one byte, both streams by turns
# holds: small writes are gathered; the call ends as if they were few
# threat: T8
# ends: success timeout
# proof: x{1000}
# request: {"limits": {"timeoutMs": 1200}}
import os

for _ in range(100_000):
    os.write(1, b"x")
    os.write(2, b"y")
