# tries: make the matching of names endless: patterns of many stars, names that almost match, names that are patterns
# holds: matching takes time in proportion, whatever the names are
# threat: T10
# ends: success
# proof: made
# request: {"collect": ["output/*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "**/**/**/**/**/**/**/**/x", "output/[!a-z]*[a-z]*[!a-z]b", "[[]*", "output/?*?*?*?*?*?*b"]}
import os

deep = "output/" + "/".join("aaaa" for _ in range(50))
os.makedirs(deep)
for number in range(300):
    open(f"output/{'a' * 240}{number}", "w").close()
for name in ("[", "]", "*", "**", "?", "[!a]", "[z-a]", "[[:alpha:]]", "{a,b}", "(a+)+$", "\\d"):
    open(f"output/{name}", "w").close()
print("made")
