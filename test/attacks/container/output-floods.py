# tries: flood both streams at once from many processes, with and without line ends
# holds: what is kept is bounded, back pressure holds, and the flood is stopped
# threat: T8
# ends: output_limit
# proof: before
# request: {"limits": {"outputKb": 64, "timeoutMs": 60000}}
import os

print("before", flush=True)
for _ in range(8):
    if os.fork() == 0:
        break
while True:
    os.write(1, b"x" * 65_536)
    os.write(2, b"\xff\0\n\r\x1b[2J" * 8_000)
