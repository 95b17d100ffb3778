# tries: carry a secret out in the value: as text, key, nested, twice in a row, in a text that is not JSON
# holds: all strings and keys of a value are redacted, and so is its text
# threat: T11
# ends: success
# proof: ^\[redacted:KEY\]$
# request: {"secrets": {"KEY": "BREACH of \"the\" secret\\ 4711", "PART": "BREACH of"}}
import os

key = os.environ["KEY"]
print(key)
{key: [key, key + key, {"\n" + key: [[[key]]]}, f"\n{key}\n{key}"], "list": list(key.split("\n"))}
