# tries: the classic, with a second one that waits for the first to be ended
# holds: bounded by the cell's number of processes, ended at its deadline
# threat: T8
# ends: timeout error
# proof: before
# request: {"limits": {"timeoutMs": 900, "processes": 40, "memoryMb": 512}}

echo before
setsid bash -c 'while :; do sleep 0.01 & done' 2>/dev/null &
: () { : | : & }
: 2>/dev/null
sleep 60
