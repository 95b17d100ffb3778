# tries: find every socket in the file system and connect to it
# holds: the image has none
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
            print("BREACH socket", path)
            with socket.socket(socket.AF_UNIX) as caller:
                try:
                    caller.connect(path)
                    print("BREACH connected", path)
                except OSError as error:
                    print(path, error)
print("looked at", looked)
