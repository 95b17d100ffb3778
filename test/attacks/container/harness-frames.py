# tries: walk up the stack and through the collector's objects to the harness and the runner's remains, and act through them
# holds: what is found is the guest's own copy: it can change the guest's own value and nothing else
# threat: T4
# ends: success
# proof: frames \d+
import gc
import os
import sys

frame, frames = sys._getframe(), []
while frame:
    frames.append(frame)
    frame = frame.f_back
print("frames", len(frames), [each.f_code.co_name for each in frames])
# The runner's outbox and family are copies of the fork, whose descriptors are closed; it hid them from the collector.
gc.unfreeze()
for found in gc.get_objects():
    kind = type(found).__name__
    if kind == "Outbox":
        try:
            found.send(23, b'{"end":"completed","value":"none"}')
            print(kind, "sent it to descriptor", found._fd, "which is the guest's own by now")
        except Exception as error:
            print(kind, type(error).__name__, error)
    elif kind == "Family":
        found.kill()
        print(kind, "told to kill")
    elif kind == "Reply":
        found._process, found._pipe = os.getpid(), os.fstat(3)
        found.say(b"J", b'"its own value"')
        print(kind, "answered")
name = inputs["canary"]["environmentName"]
if any(name in each for each in gc.get_objects() if type(each) is dict):
    print("BREACH the fork remembers the host's environment")
