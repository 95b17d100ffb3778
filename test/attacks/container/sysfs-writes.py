# tries: open whatever lies near the top of /sys for writing, the kernel's helpers and power switches first
# holds: sysfs is read-only and the guest is nobody
# threat: T5
# ends: success
# proof: tried \d+
import os

paths = ["/sys/kernel/uevent_helper", "/sys/power/state", "/sys/power/disk", "/sys/kernel/profiling", "/sys/kernel/mm/ksm/run"]
for folder, folders, names in os.walk("/sys"):
    if folder.count("/") > 4:
        folders.clear()
    paths += [f"{folder}/{name}" for name in names]
    if len(paths) > 3_000:
        break
for path in paths:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        print("BREACH writable:", path)
    except OSError:
        pass
print("tried", len(paths))
