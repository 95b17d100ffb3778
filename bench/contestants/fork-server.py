"""Forks a warm interpreter for each job, a line of JSON on stdin: the lower bound for any isolation.

A job is {id, code, inputs, cwd, answers}; its result is {id, output, status}. With --namespaces each child moves into new
user, pid, mount, ipc, uts, net and cgroup namespaces first.
"""

import ctypes
import datetime  # noqa: F401  most code imports it, so the warm interpreter has it
import json
import os
import re  # noqa: F401
import selectors
import sys

CLONE_FLAGS = 0x10000000 | 0x20000000 | 0x00020000 | 0x08000000 | 0x04000000 | 0x40000000 | 0x02000000
NAMESPACES = "--namespaces" in sys.argv
LIBC = ctypes.CDLL(None, use_errno=True)


def run_job(job):
    if job.get("cwd"):
        os.chdir(job["cwd"])
    names = {}
    exec(job["code"], names)
    answer = names["job"](job["inputs"])
    if job["answers"]:
        print(json.dumps(answer))
    sys.stdout.flush()


def be_child(job, output):
    os.dup2(output, 1)
    os.dup2(output, 2)
    status = 1
    try:
        if NAMESPACES:
            if LIBC.unshare(CLONE_FLAGS) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            # The new pid namespace holds the children of this process, not this process.
            first = os.fork()
            if first != 0:
                os._exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]) & 0xFF)
        run_job(job)
        status = 0
    except BaseException as error:
        print(repr(error))
        sys.stdout.flush()
    finally:
        os._exit(status)


def start(job, selector):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        be_child(job, writer)
    os.close(writer)
    selector.register(reader, selectors.EVENT_READ, (job["id"], pid, bytearray()))


def read(key, selector):
    identity, pid, output = key.data
    piece = os.read(key.fd, 1 << 20)
    output += piece
    if piece:
        return
    selector.unregister(key.fd)
    os.close(key.fd)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    end = {"id": identity, "output": output.decode("latin-1"), "status": status}
    sys.stdout.write(json.dumps(end) + "\n")
    sys.stdout.flush()


def serve():
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    pending = bytearray()
    is_open = True
    while is_open or len(selector.get_map()) > 0:
        for key, _ in selector.select():
            if key.data is not None:
                read(key, selector)
                continue
            piece = os.read(0, 1 << 20)
            if not piece:
                is_open = False
                selector.unregister(0)
            pending += piece
            if b"\n" in piece:
                *lines, rest = pending.split(b"\n")
                pending = bytearray(rest)
                for line in lines:
                    start(json.loads(line), selector)


serve()
