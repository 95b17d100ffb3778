# tries: make the collected folder itself a link, and have links among the folders below it
# holds: folders are entered without following links
# threat: T10
# ends: success
# proof: made
# request: {"collect": ["output/**", "etc/passwd", "etc/*/*", "deep/a/**", "**/environ"]}
import os

os.makedirs("elsewhere")
with open("elsewhere/file", "w") as file:
    file.write("BREACH behind a linked folder\n")
os.rmdir("output")
os.symlink("/workspace/elsewhere", "output")
os.symlink("/etc", "etc")
os.makedirs("deep")
os.symlink("/", "deep/a")
os.symlink("/proc/self", "deep/self")
print("made")
