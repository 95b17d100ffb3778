# tries: link files of the image and of the runner hard into the workspace; one large file a thousand times, as a bomb
# holds: another file system cannot be linked to; every name of a file counts with its full size
# threat: T10
# ends: success
# proof: image: .*cross-device
# request: {"limits": {"diskMb": 8, "fileMb": 4}}
# skip: wasm there are no hard links
import os

for path in ("/etc/passwd", "/usr/bin/python3", "/proc/version", "/dev/null", "/etc/hosts"):
    try:
        os.link(path, "output/" + os.path.basename(path))
        print("BREACH linked", path)
    except OSError as error:
        print("image:", error.strerror)
with open("output/0", "wb") as file:
    file.write(b"x" * (3 << 20))
for number in range(1, 1_500):
    os.link("output/0", f"output/{number}")
