# tries: give artifacts names that are commands, ways out, escapes, control characters, broken UTF-8, or look like others
# holds: names that the contract forbids are dropped and counted; the others are names and nothing else
# threat: T10
# ends: success
# proof: made \d\d
import os

names = [b"..\\..\\windows", b"a\\b", b"line\nBREACH a second line", b"\x1b[2J\x1b]0;title\x07", b"carriage\rreturn", b"tab\there", b"\x7f"]
names += [b"\xff\xfe\xfd", b"half \xc3", b"\xed\xa0\x80 lone surrogate", b"overlong \xc0\xaf..\xc0\xaf", b"nul-lookalike \xe2\x90\x80"]
names += ["line\u2028separator".encode(), "right\u202etxt.exe".encode(), "zero\u200bwidth".encode(), "\x85next line".encode()]
names += [b"-rf", b"--help", b"$(id)", b"`id`", b"a;id", b"|id", b"<script>", b"'\"", b"%2e%2e%2f", b"~root", b"__proto__", b"constructor"]
names += [b"...", b".. ", b" ", b"*", b"[", b"n" * 255, b"CON", b"file:", b"C:", b"@PaxHeader", b"././@LongLink", b"GNUSparseFile.0"]
made = 0
for name in names:
    try:
        with open(b"output/" + name, "w") as file:
            file.write("content\n")
        made += 1
    except OSError as error:
        print(name, error.strerror)
print("made", made)
