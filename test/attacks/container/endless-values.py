# tries: have the harness work without end on the value: cycles, depth, a huge number's digits, an iterator without end
# holds: that work is the guest's own, within its limits; what cannot be said as JSON is cut down to text
# threat: T8
# ends: success timeout error memory_limit
# proof: before
# request: {"limits": {"timeoutMs": 1200, "memoryMb": 96}}
import sys

print("before", flush=True)
sys.set_int_max_str_digits(0)
sys.setrecursionlimit(10**9)
cycle = []
cycle.append(cycle)
deep = []
for _ in range(200_000):
    deep = [deep]


class Endless(dict):
    def items(self):
        while True:
            yield "x", 1


[cycle, deep, 1 << (1 << 24), Endless(x=1)]
