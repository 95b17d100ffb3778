# tries: make a set-uid program or one with capabilities, and give it to root
# holds: it cannot be given away, its bits mean nothing on /workspace, and no new privileges are gained by exec
# threat: T6
# ends: success
# proof: Uid:\s+([1-5]\d{4})\s+\1\s+\1\s+\1$
import os
import shutil
import subprocess

shutil.copy("/bin/cat", "cat")
for mode in (0o4755, 0o2755, 0o6777):
    os.chmod("cat", mode)
    print(subprocess.run(["./cat", "/proc/self/status"], capture_output=True, text=True).stdout.split("Ngid")[0])
    status = subprocess.run(["./cat", "/proc/self/status"], capture_output=True, text=True).stdout
    for line in status.splitlines():
        if line.startswith(("Uid", "Gid")):
            print(line)
            if "\t0" in line:
                print("BREACH", line)
        if line.startswith(("CapEff", "CapPrm")) and int(line.split()[1], 16):
            print("BREACH", line)
for owner in ((0, 0), (0, -1), (-1, 0)):
    try:
        os.chown("cat", *owner)
        print("BREACH given away to", owner)
    except OSError as error:
        print("chown", error.strerror)
try:
    os.setxattr("cat", "security.capability", bytes.fromhex("0100000200000080" + "00" * 12))
    print("BREACH file capabilities")
except OSError as error:
    print("setxattr", error.strerror)
