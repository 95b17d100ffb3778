# tries: have the cell's own files collected: temporary files, the script, the inputs, by patterns that match all
# holds: /workspace/.tmp and /workspace/.hotcell are never artifacts
# threat: T10
# ends: success
# proof: made
# request: {"collect": ["**", ".tmp/**", ".hotcell/**", "**/.tmp/*", ".*/*"]}
# skip: wasm temporary files lie outside of /workspace there
import os
import tempfile

os.makedirs(".hotcell")
for path in (".hotcell/inputs.json", f"{tempfile.gettempdir()}/secret", ".tmp/other"):
    with open(path, "w") as file:
        file.write("BREACH the cell's own folder was collected\n")
print("made")
