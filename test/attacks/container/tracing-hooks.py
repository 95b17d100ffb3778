# tries: hook the harness itself: trace and profile functions, an audit hook, a display hook, a finder of modules
# holds: they see the guest's own process, and nothing in it belongs to the channel
# threat: T4
# ends: success error
# proof: hooks are set
import sys

seen = []


def trace(frame, event, argument):
    seen.append(frame.f_code.co_name)
    for name, value in frame.f_locals.items():
        if name in ("outbox", "channel", "intake", "loop") and value is not None:
            print("BREACH", frame.f_code.co_name, name, value)
    return trace


class Finder:
    def find_spec(self, name, path=None, target=None):
        seen.append(name)


sys.settrace(trace)
sys.setprofile(trace)
for frame in sys._current_frames().values():
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
sys.addaudithook(lambda event, arguments: seen.append(event))
sys.displayhook = sys.excepthook = print
sys.meta_path.insert(0, Finder())
print("hooks are set")
len(seen) > 0
