# tries: fill the disk with bytes, with empty files, with links and names, everywhere that can be written, shared memory too
# holds: one tmpfs of diskMb with its own bound of inodes takes all of it; nothing else is writable
# threat: T8
# ends: success error
# proof: No space left on device
# request: {"limits": {"diskMb": 4, "timeoutMs": 60000}, "collect": []}
# skip: runsc its tmpfs does not count inodes; the memory of the container bounds them
import os

for folder in ("/workspace", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/dev", "/run", "/var/run", "/run/lock", "/home", "/mnt"):
    for what, make in {
        "bytes": lambda path: open(path, "wb").write(bytes(1 << 20)),
        "files": lambda path: os.close(os.open(path, os.O_CREAT | os.O_WRONLY)),
        "links": lambda path: os.symlink("x" * 4_000, path),
        "folders": os.mkdir,
    }.items():
        made, reason = 0, ""
        try:
            while made < 20_000:
                make(f"{folder}/{what}{made}")
                made += 1
            print("BREACH", folder, "took", made, what)
        except OSError as error:
            reason = error.strerror
        if made and not folder.endswith(("workspace", "tmp", "shm")):
            print("BREACH", folder, "is writable")
        print(folder, what, made, reason)
        # Room for the next kind.
        for number in range(made):
            path = f"{folder}/{what}{number}"
            os.rmdir(path) if what == "folders" else os.unlink(path)
