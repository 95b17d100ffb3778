# tries: change json, os and the built-in functions, so that the harness answers what it should not
# holds: the runner checks the answer itself: what is not JSON is text, and the exit code is the process's
# threat: T4
# ends: success error
# proof: patched
import builtins
import json
import os
import struct


class Lie(str):
    def encode(self, *_):
        return b'{"status":"success"}, "more": ]'

    def __len__(self):
        return 1


def always(*_, **__):
    return Lie("x")


print("patched", flush=True)
json.dumps = json.JSONEncoder.encode = always
os.fstat = os.getpid = lambda *_: 1
struct.pack = lambda *_: b"J\0\0\0\1"
builtins.repr = builtins.len = builtins.isinstance = builtins.abs = always
os._exit = lambda code: os.kill(os.getppid(), 9)
os.write = lambda fd, data: 0
{"value": 1}
