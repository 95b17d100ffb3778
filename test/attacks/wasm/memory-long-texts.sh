# tries: a text of 32 Mi characters, which the interpreter takes apart into as many more
# holds: V8's heap grows beyond its limit only if all that is in it is in use; who is seen so ends, and no success has a peak above the limit
# threat: T3
# ends: memory_limit success
# request: {"limits": {"memoryMb": 128, "timeoutMs": 20000}}
s=x
for ((i = 0; i < 25; i++)); do s="$s$s"; done
echo ${#s}
