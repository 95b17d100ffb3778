# tries: files and variables, each within the limit, together beyond it
# holds: both count together
# threat: T3
# ends: memory_limit error
# request: {"limits": {"memoryMb": 24, "diskMb": 64, "timeoutMs": 20000}}
s=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
for ((i = 0; i < 16; i++)); do s="$s$s"; done
for ((n = 0; n < 30; n++)); do printf '%s%s' "$s" "$n" > "/tmp/$n" || exit 1; done
echo BREACH 60 MiB of files
