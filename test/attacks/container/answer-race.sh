# tries: change the value file while the runner reads it: a link, a folder, a growing file, by turns, from a daemon
# holds: the family is dead before its answer is read
# threat: T10
# ends: success
# proof: racing

setsid bash -c '
  trap "" TERM
  while :; do
    rm -rf "$HOTCELL_VALUE"; ln -s /etc/passwd "$HOTCELL_VALUE"
    rm -rf "$HOTCELL_VALUE"; mkdir "$HOTCELL_VALUE"
    rm -rf "$HOTCELL_VALUE"; head -c 100000 /dev/zero >"$HOTCELL_VALUE"
  done' 2>/dev/null &
sleep 0.2
echo racing
