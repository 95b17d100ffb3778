# tries: learn the job, secrets or the host from what shows of the runner: environment, arguments, mapped files, limits, names of descriptors
# holds: where the kernel shows them (gVisor does), they are the same in every container, and nothing of a job or of the host
# threat: T14
# ends: success
# proof: looked at \d+
# request: {"env": {"OF_THE_JOB": "marked"}, "secrets": {"SECRET_OF_THE_JOB": "marked-as-secret"}}
import os

looked = 0


def read(name):
    global looked
    try:
        with open(f"/proc/1/{name}", "rb") as file:
            text = file.read().decode(errors="replace")
    except OSError as error:
        print(name, error.strerror)
        return ""
    looked += 1
    return text


for variable in filter(None, read("environ").split("\0")):
    if variable.partition("=")[0] not in ("PATH", "LANG", "HOME", "HOSTNAME"):
        print("BREACH a variable of the runner:", variable)
programs = ("/opt/hotcell/runner/main.py", "/opt/hotcell/tenant/main.py")
if read("cmdline").split("\0")[-3:-1] not in ([program, "python"] for program in programs):
    print("BREACH the runner's arguments are not always the same")
for line in read("maps").splitlines():
    path = line.split(maxsplit=5)[5:]
    if path and not path[0].startswith(("/usr/", "[")):
        print("BREACH mapped by the runner:", path)
for name in ("status", "limits", "mountinfo", "auxv", "comm", "stat"):
    if "marked" in read(name):
        print("BREACH", name)
try:
    names = os.listdir("/proc/1/fd")
except OSError as error:
    names = []
    print("fd", error.strerror)
for name in names:
    try:
        what = os.readlink(f"/proc/1/fd/{name}")
        with open(f"/proc/1/fd/{name}", "rb"):
            # The pipes are the guest's own: what it writes comes out there.
            if not what.startswith(("pipe:", "/proc/meminfo")):
                print("BREACH opened the runner's descriptor", name, what)
    except OSError:
        pass
print("looked at", looked)
