# tries: hold up its neighbours, or signal to them, with locks on files of the image that all jobs of the container share
# holds: no job can lock a file of the image for itself; record locks on its own files work
# threat: T15
# ends: success
# proof: ^own files locked$
import fcntl
import os
import subprocess
import sys

for path in ("/usr/bin/env", "/etc/hostname", "/dev/null", os.__file__, "/usr/bin", "/"):
    fd = os.open(path, os.O_RDONLY)
    for kind in (fcntl.LOCK_EX, fcntl.LOCK_SH):
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
            print("BREACH flock", path, kind)
        except OSError:
            pass
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("BREACH lockf", path)
    except OSError:
        pass
    for lease in (fcntl.F_RDLCK, fcntl.F_WRLCK):
        try:
            fcntl.fcntl(fd, fcntl.F_SETLEASE, lease)
            print("BREACH lease", path, lease)
        except OSError:
            pass
    os.close(fd)

with open("/workspace/own", "w") as own:
    fcntl.lockf(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
    program = "import fcntl; fcntl.lockf(open('/workspace/own', 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    print("own files locked" if "BlockingIOError" in other.stderr else other.stderr)
