# tries: find the functions through which calls leave the interpreter, and call them with what no client sends
# holds: they lead to the job's own tools only, take texts and nothing else, and answer the next call
# threat: T16
# ends: success
# tools: yes
# proof: ^lied \d+, answer 7$
import gc
import math

doors = [each for each in gc.get_objects() if type(each).__name__ == "ToolCallRelay"]
if not doors:
    import sys

    doors = [module.TOOL_CALLS for module in list(sys.modules.values()) if hasattr(module, "TOOL_CALLS")]
if not doors:
    lines = tools.echo.__closure__[0].cell_contents
    doors = [type(lines).ask.__globals__["TOOL_CALLS"]]
door = doors[0]
call, take = door._call, door._take
names = ["", "__proto__", "e" * 100_000, "é" * 200, "echo\0", "tool-answer", None, {}, object(), 5]
inputs = ["1", "", "{", "[" * 100_000, '{"__proto__":{"polluted":1}}', "x" * 2_000_000, "\ud800", None, [], -1]
lied = 0
for name in names:
    for text in inputs:
        try:
            call(name, text)
        except Exception:
            pass
        lied += 1
for ms in (0, 1, 0.5, math.nan, -math.inf, math.inf, "x", None, {}):
    try:
        answer = take(ms)
        if answer and "polluted" in answer:
            print("BREACH", answer)
    except Exception:
        pass
while door._callers and take(50):
    pass
print(f"lied {lied}, answer {tools.echo(7)}")
