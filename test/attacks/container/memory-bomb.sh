# tries: take memory in ways of a shell: a variable that doubles, an array that grows, a pipeline that sorts without end
# holds: the cell's limit; the end is reported as memory, whichever process was killed
# threat: T8
# ends: memory_limit error
# proof: before
# request: {"limits": {"memoryMb": 48, "timeoutMs": 60000}}

echo before
(text=x; while :; do text+=$text; done) 2>/dev/null
sort --buffer-size=1G --parallel=2 <(head -c 300M /dev/zero | tr '\0' x) 2>/dev/null | tail -c 1
awk 'BEGIN { for (;;) a[n++] = sprintf("%1000000d", n) }' 2>/dev/null
