# tries: leave something for the next job: files, changed modules, a changed realm
# holds: there is no next job in this isolate; the greeting that follows is another interpreter's
# threat: T9
# ends: success
# proof: left
import builtins
import json
import os

if os.path.exists("/tmp/left") or "LEFT" in os.environ:
    print("BREACH residue")
open("/tmp/left", "w").write("residue")
os.environ["LEFT"] = "residue"
builtins.print("left")
builtins.print = lambda *_: None
json.dumps = lambda *_, **__: '"residue"'
1
