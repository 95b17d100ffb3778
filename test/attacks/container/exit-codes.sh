# tries: end as the clock or the memory killer would: their exit codes and signals
# holds: the guest's own end is the guest's error
# threat: T4
# ends: error
# proof: 137 124 255 143 134

for code in 137 124 255 143 134; do
  bash -c "exit $code"
  printf '%s ' "$?"
done
echo
(ulimit -c unlimited; kill -SEGV $BASHPID) 2>/dev/null
timeout -s KILL 0.01 sleep 1
kill -XCPU $$
exit 1
