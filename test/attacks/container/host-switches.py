# tries: ask for reboot, swap, accounting, quotas, hostname and hang-up, in forms that could do no harm
# holds: the kernel refuses each for want of a capability, not because of the invalid argument
# threat: T5
# ends: success
# proof: tried \d+
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
REBOOT = {"x86_64": 169, "aarch64": 142}[os.uname().machine]
QUOTACTL = {"x86_64": 179, "aarch64": 60}[os.uname().machine]
attacks = {
    # Both magic numbers are wrong: with the capability, EINVAL.
    "reboot": lambda: libc.syscall(REBOOT, 1, 2, 3, None),
    "swapon": lambda: libc.swapon(b"/nonexistent", 0),
    "swapoff": lambda: libc.swapoff(b"/nonexistent"),
    "acct": lambda: libc.acct(b"/nonexistent"),
    "quotactl": lambda: libc.syscall(QUOTACTL, 0x80000200, b"/nonexistent", 0, None),
    "sethostname": lambda: libc.sethostname(b"cell", 4),
    "setdomainname": lambda: libc.setdomainname(b"", 0),
    "vhangup": lambda: libc.vhangup(),
}
for name, attack in attacks.items():
    result = attack()
    code = ctypes.get_errno()
    print(name, os.strerror(code))
    if result != -1 or code not in (errno.EPERM, errno.ENOSYS):
        # Without quotas in the kernel, quotactl does not exist; with them, the device is looked up first.
        if not (name == "quotactl" and code in (errno.ENOENT, errno.ENOTBLK)):
            print("BREACH", name)
print("tried", len(attacks))
