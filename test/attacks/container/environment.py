# tries: find the environment of the engine, of the daemon or of another call, in its own and in the C library's copy
# holds: the guest sees the six names that every guest sees, and those of its own request
# threat: T11
# ends: success
# proof: names \['HOME', 'LANG', 'OWN'
# request: {"env": {"OWN": "1"}}
import ctypes
import os

names = sorted(os.environ)
print("names", names)
allowed = {"HOME", "LANG", "OWN", "PATH", "PWD", "SHLVL", "TMPDIR", "USER", "LOGNAME", "LC_CTYPE", "PYTHONUNBUFFERED"}
for name in set(names) - allowed:
    print("BREACH", name, os.environ[name])
# What execve put there, before anything was emptied: the runner's, inherited by fork.
# Closed to a process that changed its user, until it calls itself dumpable.
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
with open("/proc/self/environ", "rb") as file:
    for entry in file.read().split(b"\0"):
        if entry and entry.split(b"=")[0].decode() not in {"PATH", "LANG", "HOSTNAME", "HOME", "TERM"}:
            print("BREACH in the first environment:", entry)
if canary := os.environ.get(inputs["canary"]["environmentName"]):
    print("BREACH the canary's:", canary)
for name in ("LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONSTARTUP", "BASH_ENV", "ENV", "DOCKER_HOST"):
    if ctypes.CDLL(None).getenv(name.encode()):
        print("BREACH", name)
