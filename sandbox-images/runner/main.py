"""Theory of operation.

This process is PID 1 of a container that runs one job. Its own stdin and stdout are the channel to the engine (see
frames.py). It starts as a warm interpreter, says `ready`, and forks the guest, which gives up every right and every
descriptor and waits (guest.py). It takes the job and hands it on. From then on this process is one loop (loop.py) that
never blocks: it moves bytes from the guest's pipes into a bounded outbox and watches clock, processor time and memory.
When the engine does not read, the outbox fills and the guest is no longer read: back pressure reaches the guest, while
the limits still hold.

The job ends when the guest's main process ends, a limit is broken or the engine cancels. Then everything else in the
container is killed and reaped, the pipes are drained, the files that the job collects are sent, then the verdict.
Nothing of the guest is alive from the kill on, so its files hold still.

Trust. This process is uid 0 with three capabilities: SETUID, SETGID, KILL. It cannot read the guest's files; where it
must, it takes the guest's effective uid for that moment (identity.py). The guest is another user, with none. It cannot
signal, trace or inspect this process, holds no descriptor of the channel, and so cannot forge a frame. All it can say
to the runner is the bytes on its stdout, stderr and answer socket, each read with a bound, none of them trusted.

What differs between languages is in the folder beside this one that the first argument names: its `harness` module, which
serve.py imports (protocol/language.py says what it provides).
"""

import os
import sys

if __name__ == "__main__":
    # It ends a job by killing every process that it can see, so it must have its own PID namespace.
    if os.getpid() != 1:
        sys.exit("The runner must be PID 1 of its container; give the container its own PID namespace.")
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from runner.serve import serve

    serve(sys.argv[1])
