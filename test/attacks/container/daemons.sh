# tries: leave children behind: nohup, setsid, disown, coproc, process substitution, a stopped job, all holding the streams
# holds: they end with the call, and write nothing after it
# threat: T9
# ends: success error
# proof: the end

late() { sleep 0.5; echo "BREACH a child outlived the call"; sleep 60; }
export -f late
nohup bash -c late 2>/dev/null &
setsid bash -c 'trap "" TERM HUP INT; late' &
(late &) &
coproc late
: > >(late)
disown -a
# A stopped process in a group that loses its shell: the kernel hangs the group up, in gVisor the shell too, sometimes.
bash -c 'kill -STOP $$; late' &
trap 'late &' EXIT
echo "the end"
