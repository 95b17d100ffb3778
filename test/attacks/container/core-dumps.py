# tries: leave a core file, or wake the host's handler of core dumps, by a crash in every way
# holds: no core file is written anywhere, and the end is the guest's own
# threat: T8
# ends: success
# proof: signals \[.*11.*\]
import ctypes
import os
import resource
import signal

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print("BREACH core files may be written")
except (OSError, ValueError) as error:
    print("limit", error)
ends = []
for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGQUIT, signal.SIGSYS):
    if (pid := os.fork()) == 0:
        # A dumpable process with its default handler.
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    ends.append(os.WTERMSIG(status))
    if os.WCOREDUMP(status):
        print("BREACH core dumped", number)
print("signals", ends)
for folder in ("/workspace", "/tmp", "/var/crash", "/cores", "/var/lib/systemd/coredump"):
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name.startswith("core"):
            print("BREACH", f"{folder}/{name}")
