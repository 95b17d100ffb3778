# tries: find what an earlier call left (residue-left.py and others): files, processes, queues, shells' histories, locks
# holds: the cell is new
# threat: T9
# ends: success
# proof: tried

mark=hotcell-
mark+=residue
find / -xdev -name "*$mark*" 2>/dev/null | sed 's/^/BREACH /'
find /workspace /tmp/ /dev/mqueue /dev/shm/ -mindepth 1 2>/dev/null |
  grep -vE '^(/workspace/(\.tmp|\.tmp/\.shm|output|\.hotcell|\.hotcell/(inputs\.json|main\.sh)|main\.sh)|/tmp/\.shm)$' | sed 's/^/BREACH in a new cell: /'
grep -ac "$mark" /opt/hotcell/*/*.py /etc/profile /etc/bash.bashrc 2>/dev/null | grep -v ':0$' | sed 's/^/BREACH /'
[ -n "$HISTFILE" ] && [ -e "$HISTFILE" ] && echo "BREACH a history"
for folder in /proc/[0-9]*; do
  pid=${folder#/proc/}
  parent=$(awk '/^PPid/ { print $2 }' "$folder/status" 2>/dev/null)
  # The runner, this shell and its children.
  if [ "$pid" != 1 ] && [ "$pid" != $$ ] && [ -n "$parent" ] && [ "$parent" = 1 ]; then echo "BREACH a process $pid"; fi
done
awk 'FNR > 1 { print "BREACH " FILENAME ": " $0 }' /proc/sysvipc/shm /proc/sysvipc/msg /proc/sysvipc/sem
echo tried
