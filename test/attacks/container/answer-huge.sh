# tries: answer with a value file of a terabyte that takes no room, then with one that is too long by a byte
# holds: its size is looked at before it is read: too large for a value
# threat: T10
# ends: output_limit
# proof: made
# request: {"limits": {"valueKb": 1}}

truncate -s 1T "$HOTCELL_VALUE" 2>/dev/null || truncate -s 60M "$HOTCELL_VALUE"
echo made
