# tries: print a secret in the encodings that programs use: base64 at each offset, hex, URL, JSON, HTML, wide characters
# holds: each of these forms is known and redacted (an encoding of the guest's own is not held: see the threat model)
# threat: T11
# ends: success
# proof: ^(\w+ .*\[redacted:KEY\].*\n){8}all$
# request: {"secrets": {"KEY": "pa55 \"wörd\"/tower+of=babel"}}
import base64
import json
import os
import urllib.parse

key = os.environ["KEY"]
for offset in range(3):
    print("base64", base64.b64encode(b"u" * offset + key.encode() + b"tail").decode())
print("urlsafe", base64.urlsafe_b64encode(key.encode()).decode())
print("hex", key.encode().hex())
print("HEX", key.encode().hex().upper())
print("url", urllib.parse.quote(key, safe=""))
print("json", json.dumps({"key": key}))
print("all")
