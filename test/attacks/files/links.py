# tries: have files of the host, of the runner and of the cell collected by links: absolute, relative, chained, looped, dangling
# holds: no link is followed, by the runner or by the engine; each counts as dropped
# threat: T10
# ends: success
# proof: made \d+ links
import os

with open("outside", "w") as file:
    file.write("BREACH the file that a link leads to\n")
targets = [inputs["canary"]["file"], "/etc/shadow", "/etc/passwd", "/proc/1/environ", "/proc/self/environ", "/proc/1/root/etc/passwd"]
targets += ["../outside", "/workspace/outside", "/opt/hotcell/runner/cell.py", "/dev/zero", "/dev/stdin", "/proc/kmsg", "loop1", "nowhere"]
targets += ["/proc/self/fd/1", "..", ".", "/"]
for number, target in enumerate(targets):
    os.symlink(target, f"output/link{number}")
os.symlink("loop2", "output/loop1")
os.symlink("loop1", "output/loop2")
os.symlink("link6", "output/chain")
print("made", len(targets) + 3, "links")
