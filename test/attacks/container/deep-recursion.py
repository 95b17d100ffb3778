# tries: break the interpreter itself: recursion without a bound, a broken code object, a null pointer, a stack of garbage
# holds: only the guest's process crashes, and the result says so; the runner has another interpreter
# threat: T8
# ends: error
# proof: wait statuses \[.*\]
import ctypes
import os
import sys


def recurse():
    sys.setrecursionlimit(10**9)
    # Through C functions, so that it is the stack that ends, not the memory.
    again = lambda _: max([0], key=again)
    again(0)


def broken_code():
    code = recurse.__code__.replace(co_code=bytes(range(64)) * 4, co_consts=(), co_stacksize=1)
    exec(code)


statuses = []
for attack in (recurse, broken_code, lambda: ctypes.string_at(0), lambda: ctypes.memset(id(None), 0, 64)):
    if (pid := os.fork()) == 0:
        os.close(2)
        attack()
        os._exit(0)
    statuses.append(os.waitpid(pid, 0)[1])
print("wait statuses", statuses, flush=True)
ctypes.string_at(8)
