# tries: answer by a value file that is a link to another file, and with inputs replaced by one
# holds: no link is followed; there is no value
# threat: T10
# ends: success
# proof: linked

rm -f "$HOTCELL_VALUE" "$HOTCELL_INPUTS"
ln -s /proc/1/environ "$HOTCELL_INPUTS"
ln -s /etc/shadow "$HOTCELL_VALUE"
[ -L "$HOTCELL_VALUE" ] && echo linked
