# tries: artifacts that take no room and would be enormous: sparse files of a terabyte, of the disk's size, and many of them
# holds: sizes are what they claim to be: no file above fileMb, all together not above diskMb
# threat: T10
# ends: success
# proof: terabyte: File too large
# request: {"limits": {"diskMb": 8, "fileMb": 2}}
# skip: wasm no file is sparse in memory
import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open("output/terabyte", "wb") as file:
    try:
        os.truncate(file.fileno(), 1 << 40)
        print("BREACH a terabyte")
    except OSError as error:
        print("terabyte:", error.strerror)
for number in range(300):
    with open(f"output/{number}", "wb") as file:
        os.truncate(file.fileno(), (2 << 20) - number % 2)
with open("output/whole-disk", "wb") as file:
    os.truncate(file.fileno(), 8 << 20)
