# tries: flood both streams from many pipelines, binary bytes and endless lines
# holds: what is kept is bounded and the flood is stopped
# threat: T8
# ends: output_limit
# proof: before
# request: {"limits": {"outputKb": 64, "timeoutMs": 60000}}

echo before
yes "$(head -c 3000 /dev/zero | tr '\0' y)" &
cat /dev/zero >&2 &
cat /dev/urandom &
wait
