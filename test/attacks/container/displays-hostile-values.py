# tries: values whose methods raise, recurse, lie about their kind or their type, close stderr, or look like a figure or a table; forged media types
# holds: display is the guest's own code: at most it throws, and each display has a media type that matches its data
# threat: T17
# ends: success
# proof: ^tried 15$
import sys


class Meta(type):
    def __getattr__(cls, name):
        raise RuntimeError(name)


class Hostile(metaclass=Meta):
    pass


def thing(**members):
    return type("Thing", (), members)()


def recurse(self, *_, **__):
    # With other arguments, Python 3.13 counts no depth (python/cpython#132744).
    return recurse(self, *_, **__)


def boom(self, *_, **__):
    raise MemoryError("boom")


values = [
    Hostile(),
    thing(_repr_html_=recurse, __repr__=recurse),
    thing(_repr_mimebundle_=lambda self, **_: {"text/html": 1, 7: object(), "image/png": "no base64", None: b""}),
    thing(_repr_mimebundle_=lambda self, **_: (1, 2, 3), _repr_png_=lambda self: ()),
    thing(_repr_json_=lambda self: float("nan"), _repr_svg_=boom),
    thing(to_json=boom, to_string=boom, head=boom, index=1),
    type("Figure", (), {"__module__": "matplotlib.figure", "savefig": boom})(),
    type("Odd", (), {"__module__": 7})(),
    thing(__class__=property(boom), _repr_latex_=lambda self: "$x$"),
    "\ud800 lone",
    {"\ud800": ["\ud800"]},
]
tried = 0
for value in values:
    try:
        display(value)
    except BaseException as error:
        if "/opt/hotcell" in str(error):
            print("BREACH", error)
    tried += 1
for media_type in ("image/png", "text/html\r\nX: y", "x" * 500, "../../etc"):
    display(b"<script>", media_type=media_type)
    tried += 1
sys.stderr.close()
print("tried", tried)
thing(_repr_html_=boom, _repr_json_=recurse)
