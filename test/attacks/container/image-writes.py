# tries: find any file or folder of the image that can be written, and change the runner and the harness by it
# holds: the root is read-only and root's; /workspace alone can be written
# threat: T6
# ends: success
# proof: looked at \d{3,}
import os

looked = 0
# The socket for the guest's calls: a process that may connect to a socket may "write" it.
own = ("/workspace", "/tmp", "/dev/mqueue", "/dev/pts", "/run/tools/socket")
for folder, folders, names in os.walk("/"):
    if folder in ("/proc", "/sys", *own):
        folders.clear()
        continue
    looked += 1 + len(names)
    for path in (folder, *(f"{folder}/{name}" for name in names)):
        if path in own:
            continue
        # Every user may write to devices and to links into /proc.
        if not folder.startswith("/dev") and not os.path.islink(path) and os.access(path, os.W_OK):
            print("BREACH writable:", path)
for path in ("/etc/ld.so.preload", "/etc/passwd", "/opt/hotcell/runner/cell.py", f"{os.path.dirname(os.__file__)}/sitecustomize.py", "/x"):
    for flags in (os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_TRUNC, os.O_RDWR):
        try:
            os.open(path, flags)
            print("BREACH opened for writing:", path)
        except OSError:
            pass
for attack in (lambda: os.rename("/opt/hotcell", "/opt/old"), lambda: os.unlink("/bin/bash"), lambda: os.chmod("/", 0o777), lambda: os.unlink("/run/tools/socket")):
    try:
        attack()
        print("BREACH changed the image")
    except OSError as error:
        print(error.strerror)
print("looked at", looked)
