# tries: smuggle tar headers: names and contents that would be read as separate entries, pax records, ends of archives
# holds: names are data in the header and contents are counted bytes, so they make no entry
# threat: T10
# ends: success
# proof: made
import io
import os
import tarfile

archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as tar:
    for name, kind in (("../../escape", tarfile.REGTYPE), ("/etc/cron.d/x", tarfile.REGTYPE), ("link", tarfile.SYMTYPE)):
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname, entry.size = kind, "/etc/passwd", 8 * (kind == tarfile.REGTYPE)
        tar.addfile(entry, io.BytesIO(b"BREACH!\n"[::-1]))
content = archive.getvalue()
for number, start in enumerate((0, 1, 511, 512, 513)):
    with open(f"output/inner{number}", "wb") as file:
        file.write(bytes(start) + content)
# Long enough for a pax record, which has its own lines inside.
long = "d" * 90 + "/29 path=/workspace/../escape/ 12 size=1000"
os.makedirs(f"output/{os.path.dirname(long)}")
os.makedirs(f"output/{long}")
with open(f"output/{long}/file", "w") as file:
    file.write("fine\n")
os.truncate("output/inner0", 1_024)
print("made")
