# tries: swap a file for a link, and a folder for a link, while they are collected, by daemons that race the collector
# holds: nothing of the guest is alive when its files are read
# threat: T10
# ends: success
# proof: racing
# skip: wasm there are no processes that could race the collector
import os
import time

os.makedirs("output/folder")
with open("outside", "w") as file:
    file.write("BREACH followed a link that was swapped in\n")
os.makedirs("elsewhere")
os.symlink("/workspace/outside", "elsewhere/file")
for number in range(200):
    with open(f"output/{number}", "w") as file:
        file.write("fine\n" * 1_000)
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        while True:
            for number in range(200):
                try:
                    os.symlink("/workspace/outside", "link")
                    os.rename("link", f"output/{number}")
                    os.rename("output/folder", "kept")
                    os.symlink("/workspace/elsewhere", "output/folder")
                    os.unlink("output/folder")
                    os.rename("kept", "output/folder")
                except OSError:
                    pass
time.sleep(0.15)
print("racing")
