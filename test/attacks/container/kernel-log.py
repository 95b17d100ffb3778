# tries: read the kernel's log by syslog(2), which tells of the host's devices, addresses and other containers
# holds: the call is refused, and so are the files
# threat: T14
# ends: success
# proof: tried \d+
# skip: runsc the log is gVisor's own invention
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(4096)
READ_ALL, SIZE_UNREAD, SIZE_BUFFER = 3, 9, 10
for action in (READ_ALL, SIZE_UNREAD, SIZE_BUFFER):
    if libc.klogctl(action, buffer, len(buffer)) > 0:
        print("BREACH syslog", action, buffer.value[:80])
for path in ("/dev/kmsg", "/proc/kmsg", "/var/log/dmesg", "/var/log/syslog", "/run/systemd/journal/socket"):
    try:
        print("BREACH", path, os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK), 80))
    except OSError as error:
        print(path, error.strerror)
print("tried", 8)
