# tries: stay in compiled code, in which no line of Python is reached: a regular expression, a huge power, a sort
# holds: the clock stops WebAssembly at any point
# threat: T2
# ends: timeout memory_limit
# request: {"limits": {"timeoutMs": 1500}}
import re

re.match(r"(a+)+$", "a" * 64 + "b")
print(len(str(9 ** (9**9))))
