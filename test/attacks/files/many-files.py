# tries: drown collector and engine in a hundred thousand files, by names that are hard links to one
# holds: what is looked at, sent and kept is bounded; the rest is counted
# threat: T10
# ends: success memory_limit timeout
# proof: before
# request: {"limits": {"diskMb": 400, "memoryMb": 400, "timeoutMs": 4000}}
# skip: wasm there are no hard links
import os

print("before", flush=True)
open("output/0", "w").close()
made = 1
try:
    for folder in range(10):
        os.makedirs(f"output/{folder}f")
        for number in range(10_000):
            os.link("output/0", f"output/{folder}f/{number}")
            made += 1
except OSError as error:
    print(error.strerror)
print("made", made)
