# tries: read and import the runner's source, start a second runner beside the first and have it forge a job's end
# holds: knowing the source helps nothing: a second runner talks to the guest's own pipes and has no right to become root
# threat: T4
# ends: success
# proof: second runner
import os
import subprocess
import sys

try:
    with open("/opt/hotcell/runner/cell.py") as file:
        print("source", len(file.read()))
except OSError as error:
    print("source", error.strerror)
runner = ["/usr/bin/python3", "-I", "-S", "-B", "-X", "utf8", "/opt/hotcell/runner/main.py", "python"]
second = subprocess.run(runner, input=bytes(9), capture_output=True, timeout=5)
print("second runner", second.returncode, second.stdout[:40], second.stderr[-80:])
sys.path.insert(0, "/opt/hotcell")
try:
    from runner.support import identity

    with identity.AsGuest():
        print("acts as guest", os.geteuid())
    print("BREACH acts as", os.geteuid()) if os.geteuid() == 0 else None
except OSError as error:
    print("identity", error)
