# tries: files and variables, each within the limit, together beyond it
# holds: both count together; what finds no room is not written
# threat: T3
# ends: memory_limit error success
# request: {"limits": {"memoryMb": 24, "diskMb": 64, "timeoutMs": 20000}}
s=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
for ((i = 0; i < 16; i++)); do s="$s$s"; done
for ((n = 0; n < 30; n++)); do printf '%s%s' "$s" "$n" > "/tmp/$n"; done
for ((n = 20; n < 30; n++)); do
  if [ -s "/tmp/$n" ]; then echo "BREACH file $n of 2 MiB"; fi
done
