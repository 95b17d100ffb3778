# tries: confuse the runner with half of its streams: stdin closed, stdout closed and opened again as a file, stderr as stdout
# holds: each stream ends when its last writer does; the rest goes on and the value is read
# threat: T8
# ends: success
# proof: first

echo first
exec 0<&-
exec 1>&-
exec 1>/workspace/not-stdout
echo "into a file"
exec 2>&-
exec 2>&1
echo "into a file, too" >&2
(sleep 60 3>&1) &
echo '"still here"' >"$HOTCELL_VALUE"
