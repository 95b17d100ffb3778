# tries: shut the collector out or in: modes of 0, set-uid bits, an unreadable workspace, times before 1970 and after 9999
# holds: what cannot be read is dropped and counted; the workspace itself is opened again
# threat: T10
# ends: success
# proof: shut
import os

os.makedirs("output/shut/inner")
for name, mode in (("none", 0), ("write-only", 0o200), ("set-uid", 0o6755), ("fine", 0o644), ("shut/inner/file", 0o644)):
    with open(f"output/{name}", "w") as file:
        file.write(f"{name}\n")
    os.chmod(f"output/{name}", mode)
for name, time in (("fine", -(10**10)), ("set-uid", 10**12)):
    os.utime(f"output/{name}", (time, time))
os.chmod("output/shut/inner", 0o100)
os.chmod("output/shut", 0)
os.chmod("output", 0o500)
os.chmod("/workspace", 0)
print("shut")
