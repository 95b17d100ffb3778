# tries: carry a secret out as the name of a file, of a folder, and as a file's content
# holds: names and contents are redacted like everything else
# threat: T11
# ends: success
# proof: ^\[redacted:KEY\]$
# request: {"secrets": {"KEY": "BREACH-in-a-name-4711"}}
import os

key = os.environ["KEY"]
os.makedirs(f"output/{key}")
for path in (f"output/{key}.txt", f"output/{key}/{key}", f"output/x{key.upper()}"):
    with open(path, "w") as file:
        file.write(f"{key}\n\n{key}")
os.rename(f"output/{key}.txt", f"output/\u00e9 {key}")
print(key)
