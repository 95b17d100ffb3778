# tries: find a program in the image that runs with another's rights: set-uid, set-gid, file capabilities
# holds: there is none
# threat: T6
# ends: success
# proof: looked at \d{3,}
import os
import stat

looked = 0
for folder, folders, names in os.walk("/", onerror=lambda error: None):
    if folder in ("/proc", "/sys"):
        folders.clear()
        continue
    for name in names:
        path = f"{folder}/{name}"
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            continue
        looked += 1
        if status.st_mode & (stat.S_ISUID | stat.S_ISGID):
            print("BREACH set-uid:", path)
        if status.st_mode & 0o111:
            try:
                print("BREACH capabilities:", path, os.getxattr(path, "security.capability").hex())
            except OSError:
                pass
print("looked at", looked)
