# tries: leave marks for the next call wherever something can be written, and a process that would make them again
# holds: the cell is gone with all of it (residue-found.py and residue-found.sh hunt for the marks)
# threat: T9
# ends: success
# proof: left \d+
import os
import time

left = 0
mark = "hotcell-residue"
folders = ["/workspace", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock", "/dev", "/home", "/var/lib", "/root", "/opt"]
for folder in folders:
    try:
        with open(f"{folder}/.{mark}", "w") as file:
            file.write(mark)
        left += 1
    except OSError as error:
        print(folder, error.strerror)
for path in ("/opt/hotcell/python/harness.py", f"{os.path.dirname(os.__file__)}/sitecustomize.py", "/etc/profile", "/etc/bash.bashrc"):
    try:
        with open(path, "a") as file:
            file.write(f"# {mark}\n")
        print("BREACH changed", path)
    except OSError as error:
        print(path, error.strerror)
os.environ["HOTCELL_RESIDUE"] = mark
if os.fork() == 0:
    os.setsid()
    os.close(1)
    os.close(2)
    while True:
        open(f"/workspace/.{mark}-again", "w").close()
        time.sleep(0.05)
print("left", left)
