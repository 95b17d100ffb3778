# tries: carry a secret out by every field of a result: value, keys, error name, message, stack, code, and stderr
# holds: each is redacted
# threat: T11
# ends: error
# proof: ^\[redacted:KEY\]$
# request: {"secrets": {"KEY": "BREACH_of_the_secret_4711"}}
import os
import sys

key = os.environ["KEY"]
print(key)
print({key: [key, {"nested": key * 3}]}, file=sys.stderr)
error = type(key, (Exception,), {"__str__": lambda self: f"{key}\n{key}"})
# The line of the source stands in the stack: the secret's own text is in it.
exec(compile(f"def {key}(error):\n    raise error('{key}')", f"\n{key}", "exec"))
globals()[key](error)
