# tries: the release_agent escape and whatever else cgroup files give: limits, devices, processes, new groups
# holds: the cgroup file systems are read-only, and nothing in them is the guest's
# threat: T5
# ends: success
# proof: tried
import os

tried = 0
for folder, _, names in os.walk("/sys/fs/cgroup"):
    for name in names:
        tried += 1
        try:
            os.close(os.open(f"{folder}/{name}", os.O_WRONLY))
            print("BREACH writable:", f"{folder}/{name}")
        except OSError:
            pass
    try:
        os.mkdir(f"{folder}/escape")
        print("BREACH made a group in", folder)
    except OSError:
        pass
print("tried", tried)
