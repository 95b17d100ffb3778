# tries: kill, stop, trace and confuse the runner with every signal, by kill, tgkill, sigqueue, pidfd, timers and owned pipes
# holds: none of them reaches it: it is another user, and the first process of its namespace
# threat: T4
# ends: success
# proof: tried \d{2,}
import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
tried = 0
for number in range(1, 65):
    for send in (
        lambda number: libc.kill(1, number),
        lambda number: libc.sigqueue(1, number, None),
        lambda number: libc.tgkill(1, 1, number),
        lambda number: libc.syscall(424, runner, number, None, 0) if runner >= 0 else -1,
    ):
        tried += 1
        try:
            runner = os.pidfd_open(1)
        except OSError:
            runner = -1
        if send(number) != -1:
            print("BREACH sent", number)
        if runner >= 0:
            os.close(runner)
# The kernel sends the signal for the owner of a descriptor, with the rights of who named the owner.
read, write = os.pipe()
for owner in (1, -1):
    try:
        fcntl.fcntl(read, fcntl.F_SETOWN, owner)
        fcntl.fcntl(read, 10, signal.SIGKILL)
        fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        # Its own processes are in the way of -1.
        if owner == 1:
            os.write(write, b"x")
    except OSError as error:
        print("owner", owner, error.strerror)
# A parent's death signal is one's own; the runner's cannot be set.
libc.prctl(1, signal.SIGKILL, 0, 0, 0)
print("tried", tried)
