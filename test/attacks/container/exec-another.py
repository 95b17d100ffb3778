# tries: become another program under the runner's name, which answers in its place
# holds: what runs is the guest, whatever it is called; its answer is at most its own value
# threat: T4
# ends: error
# proof: I am the runner
import os

os.set_inheritable(3, True)
script = 'echo "I am the runner"; printf "J\\0\\0\\0\\0019" >&3; printf "{\\"end\\":\\"completed\\"}" >&1; exit 9'
os.execv("/bin/bash", ["/usr/bin/python3 -I -S -B -X utf8 /opt/hotcell/runner/main.py", "-c", script])
