# tries: files that grow and shrink while they are collected, through descriptors and mappings that outlive the guest
# holds: nothing of the guest is alive then: what was said of a file's size is what is sent
# threat: T10
# ends: success
# proof: growing
# skip: wasm there are no processes and no mappings that outlive a guest
import mmap
import os
import time

for name in ("grows", "shrinks", "mapped"):
    with open(f"output/{name}", "wb") as file:
        file.write(b"x" * 200_000)
if os.fork() == 0:
    os.setsid()
    fd = os.open("output/mapped", os.O_RDWR)
    area = mmap.mmap(fd, 200_000)
    while True:
        with open("output/grows", "ab") as file:
            file.write(b"y" * 1_000)
        os.truncate("output/shrinks", 10)
        os.truncate("output/shrinks", 300_000)
        area[:7] = b"BREACH\n"[::-1]
time.sleep(0.1)
print("growing")
