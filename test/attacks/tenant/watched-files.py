# tries: learn which programs and modules its neighbours use: inotify, fanotify and dnotify on folders of the image
# holds: nothing can be watched in a shared container
# threat: T15
# ends: success
# proof: ^tried \d+
import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
x86 = os.uname().machine == "x86_64"
seen = []
tried = 0
for number, arguments in (
    *(((253 if x86 else 26), ()), ((294 if x86 else 26), (0,)), ((294 if x86 else 26), (0o2000000,))),
    *(((300 if x86 else 262), (0, 0)), ((300 if x86 else 262), (0x200, 0))),
    ((254 if x86 else 27), (3, b"/usr/bin", 0x20)),
):
    if libc.syscall(number, *arguments) != -1:
        print("BREACH a watch", number, arguments)
    tried += 1
signal.signal(signal.SIGIO, lambda *_: seen.append(True))
for folder in ("/usr/bin", "/usr/lib", "/etc", "/dev", "/workspace"):
    fd = os.open(folder, os.O_RDONLY)
    for events in (0x1, 0x8000_0000 - (1 << 32) | 0x3F):
        for call in (lambda: fcntl.fcntl(fd, fcntl.F_NOTIFY, events), lambda: libc.fcntl(fd, 1026, events)):
            try:
                if call() != -1:
                    print("BREACH watches", folder)
            except OSError:
                pass
            tried += 1
print("tried", tried, "saw", len(seen))
