# tries: leave children behind: nohup, setsid, disown, coproc, process substitution, a stopped job, all holding the streams
# holds: they end with the call, and write nothing after it
# threat: T9
# ends: success
# proof: the end

late() { sleep 0.5; echo "BREACH a child outlived the call"; sleep 60; }
export -f late
nohup bash -c late 2>/dev/null &
setsid bash -c 'trap "" TERM HUP INT; late' &
(late &) &
coproc late
: > >(late)
disown -a
bash -c 'kill -STOP $$; late' &
trap 'late &' EXIT
echo "the end"
