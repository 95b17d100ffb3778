# tries: set the host's clocks, to the time that they show, and bend their speed to what it is
# holds: each is refused, so no neighbour's deadline, certificate or log is disturbed
# threat: T13
# ends: success
# proof: tried \d+
import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)


class Timex(ctypes.Structure):
    _fields_ = [("modes", ctypes.c_uint), ("rest", ctypes.c_byte * 256)]


def same_tick():
    state = Timex(modes=0)
    libc.adjtimex(ctypes.byref(state))
    state.modes = 0x4000
    return libc.adjtimex(ctypes.byref(state))


now = (ctypes.c_long * 2)(int(time.time()), 0)
attacks = {
    "settimeofday": lambda: libc.settimeofday(now, None),
    "adjtimex": same_tick,
    "adjtime": lambda: libc.adjtime((ctypes.c_long * 2)(0, 0), None),
}
for clock in ("REALTIME", "MONOTONIC", "BOOTTIME", "TAI"):
    number = getattr(time, f"CLOCK_{clock}")
    attacks[clock] = lambda number=number: libc.clock_settime(number, now)
for name, attack in attacks.items():
    result = attack()
    print(name, os.strerror(ctypes.get_errno()) if result == -1 else "it worked")
    if result != -1:
        print("BREACH", name)
for path in ("/dev/rtc", "/dev/rtc0", "/dev/ptp0"):
    if os.path.exists(path):
        print("BREACH", path)
print("tried", len(attacks))
