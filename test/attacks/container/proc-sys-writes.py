# tries: open every setting of the kernel under /proc/sys for writing (core_pattern, modprobe, randomize_va_space, …)
# holds: /proc/sys is read-only for every owner; opening writes nothing, so success is harmless
# threat: T5
# ends: success
# proof: tried \d\d
import os

tried = 0
for folder, _, names in os.walk("/proc/sys"):
    for name in names:
        tried += 1
        try:
            os.close(os.open(f"{folder}/{name}", os.O_WRONLY))
            print("BREACH writable:", f"{folder}/{name}")
        except OSError:
            pass
print("tried", tried)
