# tries: hang the runner on a value file that is a fifo without a writer, in a folder that is shut
# holds: only regular files are read, and nothing waits
# threat: T10
# ends: success
# proof: fifo

rm -f "$HOTCELL_VALUE"
mkfifo "$HOTCELL_VALUE"
rmdir /workspace/output && mkfifo /workspace/output && echo fifo
(exec 9<>"$HOTCELL_VALUE"; printf '"BREACH from a fifo"' >&9; sleep 60) &
sleep 0.1
chmod 0 /workspace/.hotcell /workspace
