# tries: take memory in many ways: small objects, one huge block, files in memory, and again after MemoryError was caught
# holds: the interpreter's memory has its own limit; the end is reported as memory or as the error that the guest saw
# threat: T3
# ends: memory_limit error success
# proof: before
# request: {"limits": {"memoryMb": 64, "diskMb": 8, "timeoutMs": 60000}}
print("before", flush=True)
for attempt in range(3):
    blocks = []
    try:
        while True:
            blocks.append(bytearray(4_000_000))
            if len(blocks) > 64:
                print("BREACH 256 MB")
                break
    except MemoryError:
        print("refused after", len(blocks), flush=True)
try:
    for number in range(100):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(b"x" * 1_000_000)
    print("BREACH 100 MB of files")
except OSError as error:
    print(error)
try:
    bytearray(3_000_000_000)
    print("BREACH 3 GB")
except MemoryError:
    pass
all = []
while True:
    all.append([0] * 1000)
