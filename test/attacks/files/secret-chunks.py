# tries: carry a secret out in artifacts: across the chunks that files are sent in, in a large file, beside binary bytes
# holds: an artifact is redacted as a whole
# threat: T11
# ends: success
# proof: ^\[redacted:KEY\]$
# request: {"secrets": {"KEY": "BREACH of the secret 4711"}}
import os

key = os.environ["KEY"].encode()
for bound in (512, 65_536, 131_072, 1_048_576):
    for shift in (1, 7, 24):
        with open(f"output/{bound}-{shift}.txt", "wb") as file:
            file.write(b"." * (bound - shift - 1) + b"\n" + key + b"\n")
with open("output/binary", "wb") as file:
    file.write(b"\0\xff\xfe\n" + key + b"\n\0")
print(key.decode())
