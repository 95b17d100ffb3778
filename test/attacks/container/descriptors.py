# tries: find a descriptor that was left open: of the channel, of the image, of the host
# holds: there are the three streams and the socket of its own answer, nothing else, and children get the streams alone
# threat: T4
# ends: success
# proof: own \['0', '1', '2', '3'\]
import os
import subprocess

own = []
for fd in sorted(os.listdir("/proc/self/fd"), key=int):
    try:
        link = os.readlink(f"/proc/self/fd/{fd}")
    except FileNotFoundError:
        # The one that the listing itself used.
        continue
    own.append(fd)
    print(fd, link, open(f"/proc/self/fdinfo/{fd}").read().split("mnt_id")[0].split())
    if not link.startswith("socket:" if fd == "3" else "pipe:"):
        print("BREACH", fd, link)
print("own", own)
for fd in range(4, 4_096):
    try:
        print("BREACH hidden descriptor", fd, os.fstat(fd))
    except OSError:
        pass
listing = subprocess.run(["ls", "-l", "/proc/self/fd"], capture_output=True, text=True, close_fds=False, stdin=0).stdout
if len(listing.strip().splitlines()) > 5:
    print("BREACH a child has", listing)
