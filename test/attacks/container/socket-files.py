# tries: find every socket in the file system and connect to it
# holds: there is one, the runner's door for this guest's own calls, and it cannot be replaced
# threat: T7
# ends: success
# proof: looked at \d+
import os
import socket
import stat

looked = 0
for folder, folders, names in os.walk("/"):
    if folder in ("/proc", "/sys"):
        folders.clear()
        continue
    for name in names:
        looked += 1
        path = f"{folder}/{name}"
        if stat.S_ISSOCK(os.lstat(path).st_mode):
            if path == "/run/tools/socket":
                continue
            print("BREACH socket", path)
            with socket.socket(socket.AF_UNIX) as caller:
                try:
                    caller.connect(path)
                    print("BREACH connected", path)
                except OSError as error:
                    print(path, error)
for attack in (os.unlink, lambda path: os.rename(path, "/run/tools/other"), lambda path: os.chmod(path, 0o600)):
    try:
        attack("/run/tools/socket")
        print("BREACH changed the runner's door")
    except OSError as error:
        print(error.strerror)
print("looked at", looked)
