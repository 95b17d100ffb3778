# tries: become root, the runner or any other user and group, by every call that changes an identity
# holds: real, effective, saved and file-system ids are the guest's, and stay so
# threat: T6
# ends: success
# proof: tried \d+
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
tried = 0
for number in (0, 1, 2, 10_000, 65_534):
    for name, count in (("setuid", 1), ("seteuid", 1), ("setreuid", 2), ("setresuid", 3)):
        for call in (name, name.replace("uid", "gid")):
            tried += 1
            if getattr(libc, call)(*[number] * count) != -1:
                print("BREACH", call, number)
    libc.setfsuid(number)
    libc.setfsgid(number)
    if libc.setfsuid(-1) == number or libc.setfsgid(-1) == number:
        print("BREACH identity on files", number)
try:
    os.setgroups([0, 4, 6, 42])
    print("BREACH setgroups")
except OSError as error:
    print("setgroups", error.strerror)
if 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()):
    print("BREACH root", os.getresuid(), os.getresgid(), os.getgroups())
print("tried", tried)
