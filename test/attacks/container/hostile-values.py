# tries: answer with objects that run code when they are looked at: repr, iteration, attributes, equality, pickling, destructors
# holds: that code runs in the guest alone; the caller has text
# threat: T4
# ends: success error
# proof: hooks are set
import os


class Hostile(dict):
    def __repr__(self):
        os.write(1, b"repr ran\n")
        return '"; process.exit()' + "\x00\x1b[31m\ud800"

    __str__ = __format__ = __repr__

    def items(self):
        os.write(1, b"items ran\n")
        yield "__proto__", {"polluted": True}
        yield "constructor", {"prototype": {"polluted": True}}

    def __reduce__(self):
        return os.system, ("echo BREACH unpickled",)

    def __getattr__(self, name):
        raise KeyboardInterrupt(name)

    def __del__(self):
        os.write(1, b"del ran\n")
        raise SystemError("in a destructor")

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


print("hooks are set")
[Hostile({"x": 1}), {"__proto__": {"polluted": True}}, Hostile()]
