# tries: folders in folders, deeper than any path, any stack and any number of descriptors
# holds: the walk stops at its depth and counts the rest; the runner does not run out of anything
# threat: T10
# ends: success
# proof: \d{3,} deep
# request: {"collect": ["**"]}
# skip: wasm folders a thousand deep take the guest all of its own time to make
import os

depth = 0
try:
    while depth < 3_000:
        os.mkdir("d")
        os.chdir("d")
        depth += 1
        if depth % 50 == 0:
            with open("f", "w") as file:
                file.write("at the bottom\n")
except OSError as error:
    print(error.strerror)
print(depth, "deep")
