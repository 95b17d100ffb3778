# tries: files in memory, up to diskMb, where memoryMb is less
# holds: files count as memory
# threat: T3
# ends: memory_limit error
# request: {"limits": {"memoryMb": 16, "diskMb": 64}}
for number in range(12):
    with open(f"/tmp/{number}", "wb") as file:
        file.write(b"x" * 4_000_000)
print("BREACH 48 MB of files", flush=True)
