# tries: reach a terminal of the host: open /dev/tty and the consoles, push keystrokes by TIOCSTI, hang up
# holds: the guest's session has no terminal and gets none but those that it makes itself
# threat: T5
# ends: success
# proof: tried \d+
import fcntl
import os
import termios

paths = ["/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/ttyS0", "/dev/vcs", "/dev/hvc0", "/dev/pts/0"]
for path in paths:
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        print("BREACH terminal:", path)
        fcntl.ioctl(fd, termios.TIOCSTI, b"#")
        print("BREACH keystroke:", path)
    except OSError as error:
        print(path, error.strerror)
for fd in range(64):
    try:
        fcntl.ioctl(fd, termios.TIOCSTI, b"#")
        print("BREACH keystroke on", fd)
    except OSError:
        pass
print("tried", len(paths))
