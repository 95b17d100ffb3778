"""Theory of operation.

A tenant's container runs many jobs of one tenant, each in its own cell. Four kinds of processes live in it:

    supervisor      PID 1: holds the channel to the engine and moves the bytes of all jobs; a user without any right
    zygote          a warm interpreter in a user namespace without the host's uid 0; forks runners
    runner          PID 1 of a job's own namespaces: the runner of any cell (runner/main.py), set up by job.py
    guest           the foreign code, as in any cell, under a second filter of system calls (guest_filter.py)

A guest is a fork of a fork of the zygote, so it can read whatever the zygote held. So the zygote never holds a byte of
any job: PID 1 forks it before the first job and from then on forks nothing. The two talk in numbers alone (control.py). For
each runner the supervisor makes a pair of sockets and hands one end to the zygote, which passes it on in the fork. In
the same way a runner forks its guest before it reads the first byte of its job (runner/cell.py).

The supervisor alone holds the channel to the engine. Frames bear the number of their job, so it needs no word of its own
with anybody: it passes the frames of a job to that job's runner, and those of a runner to the engine as long as they
keep the protocol and bear that runner's number. A runner that breaks it dies alone. A few runners are forked ahead, so
that a job finds one that waits. If the supervisor or the zygote ends, the container ends.

Namespaces. The kernel allows a fresh /proc only if nothing of the old one is masked, so the container is made without
masks. PID 1 is the only process that the host's kernel knows as root, and only until it has given the zygote
its users: behind it, no process owns what the masks would have hidden. Each job's user namespace holds two
numbers of its own, its runner's and its guest's, because the kernel counts some things by user.

If the host refuses any of this, the `ready` message says so, and the engine then uses fresh containers.
"""

import os
import sys

if __name__ == "__main__":
    if os.getpid() != 1:
        sys.exit("The tenant's container must have its own PID namespace, with this program as PID 1.")
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from tenant.init import start

    start(sys.argv[1])
