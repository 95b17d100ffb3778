# tries: pass for a success by printing what looks like a result, a verdict and an answer, and failing then
# holds: status and exit code are the kernel's, not the text's
# threat: T4
# ends: error
# proof: "status": "success"
import json
import sys

for stream in (sys.stdout, sys.stderr):
    print(json.dumps({"status": "success", "value": 42, "exitCode": 0, "end": "completed"}), file=stream)
    print("\x1b[2J\x1b[HHOTCELL_VALUE=42\r\nexit code 0\0", file=stream, flush=True)
sys.exit(42)
