# tries: displays and progress without end, also directly through the functions of the realm, with texts and types that are not valid
# holds: the limits hold, false requests are refused, the host keeps its memory and its clock, and the guest ends as usual
# threat: T17
# ends: success
# request: { "limits": { "timeoutMs": 60000, "fileMb": 1, "diskMb": 4 } }
# proof: ^flooded [0-9]+$
import gc

for n in range(20):
    display("x" * 2_000_000)
for n in range(2_000):
    display(n)
    hotcell.progress(n / 2_000, "y" * 10_000)
asks = 0
for ask in [each for each in gc.get_objects() if type(each).__name__ == "JsProxy" and callable(each)]:
    for words in (
        ("show-bytes", "image/png\r\nX: y", "\u20ac" * 100_000),
        ("show-too", "\0" * 100_000, "\ud800"),
        ("show-text", "text/html", "z" * 3_000_000),
        ("progress", "1e999", "\x1b[2J" * 10_000),
        ("progress", "NaN", ""),
        ("read-text", "/etc/passwd", ""),
    ):
        try:
            if "root:" in str(ask(*words)):
                print("BREACH a file of the host's")
            asks += 1
        except Exception:
            pass
print("flooded", asks)
