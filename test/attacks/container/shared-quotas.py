# tries: use up what the kernel counts for a user rather than for a container: signals, inotify, queues, pipe pages, descriptors in flight
# holds: runner and other jobs continue, because each has another user; a NOTE reports what one user can take (shared-quotas.test.ts checks the next guest's)
# threat: T13
# ends: success
# proof: NOTE inotify \d+
import array
import ctypes
import fcntl
import os
import resource
import signal
import socket

libc = ctypes.CDLL(None, use_errno=True)


def count(attack, most):
    for number in range(most):
        try:
            if attack(number) == -1:
                return number, os.strerror(ctypes.get_errno())
        except OSError as error:
            return number, error.strerror
    return most, "no end"


print("NOTE inotify", *count(lambda _: libc.inotify_init1(0), 130))
os.closerange(4, 256)
print("NOTE pipes of 1 MiB", *count(lambda _: fcntl.fcntl(os.pipe()[0], fcntl.F_SETPIPE_SZ, 1 << 20), 50))
os.closerange(4, 256)
print("NOTE queues", *count(lambda number: libc.mq_open(b"/q%d" % number, os.O_CREAT | os.O_RDWR, 0o600, None), 60))
os.closerange(4, 256)
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.setblocking(False)
flying = array.array("i", [0] * 250)
print("NOTE descriptors in flight / 250", *count(lambda _: one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, flying)]), 60))
# Queued to itself while blocked.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
most = resource.getrlimit(resource.RLIMIT_SIGPENDING)[0]
print("NOTE signals", *count(lambda _: libc.sigqueue(os.getpid(), signal.SIGRTMIN, None), min(most, 50_000)), "of", most)
