# tries: paths around every bound: 100 bytes of a tar name, 255 of a part, 1 024 of the contract, 4 096 of the kernel
# holds: paths up to 1 024 come back as they are, longer ones are dropped and counted
# threat: T10
# ends: success
# proof: made 1\d
import os

made = 0
for length in (93, 94, 99, 100, 101, 155, 256, 511, 1_000, 1_023, 1_024, 1_025, 1_100, 2_000, 3_900):
    # "output/" is in the path that counts.
    left, parts = length - len("output/") - 1, []
    while left > 0:
        parts.append("p" * min(left, 200))
        left -= 201
    folder = "output/" + "/".join(parts)
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/f", "w") as file:
        file.write("content\n")
    made += 1
# Three bytes and one unit a character: counted in bytes here, in units there.
os.makedirs("output/" + "/".join(["\u20ac" * 80] * 13))
print("made", made)
