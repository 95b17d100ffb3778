# tries: hang or fool the collector with fifos, sockets, devices and files of other kinds, some of them named like harmless ones
# holds: only regular files are opened, and nothing waits for a writer
# threat: T10
# ends: success
# proof: made [3-9]
# skip: wasm there are regular files, folders and links only
import os
import socket
import stat

os.makedirs("output/folder.txt")
os.mkfifo("output/report.csv")
os.mkfifo("output/folder.txt/fifo")
socket.socket(socket.AF_UNIX).bind("output/socket.json")
made = 3
for kind, number in ((stat.S_IFCHR, (1, 5)), (stat.S_IFBLK, (8, 0)), (stat.S_IFCHR, (5, 0))):
    try:
        os.mknod(f"output/device{number}", kind | 0o666, os.makedev(*number))
        made += 1
    except OSError as error:
        print(error.strerror)
print("made", made)
