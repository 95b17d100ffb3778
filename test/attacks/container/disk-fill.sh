# tries: fill the disk: one file, sparse files, hard links, deep folders, long names, and every other place
# holds: one bound for all of it, and room for what the runner needs
# threat: T8
# ends: success timeout
# proof: No space left
# request: {"limits": {"diskMb": 4, "timeoutMs": 5000}, "collect": []}

exec 2>&1
head -c 100M /dev/zero >/workspace/zeros
head -c 100M /dev/zero >/tmp/zeros
head -c 100M /dev/zero >/dev/shm/zeros
rm -f /workspace/zeros /tmp/zeros /dev/shm/zeros
truncate -s 1T /workspace/sparse || truncate -s 4M /workspace/sparse
for number in {1..100}; do ln /workspace/sparse "/workspace/link$number" || break; done
deep=/workspace
for _ in {1..200}; do deep+=/ddddddddddddddddddd; done
mkdir -p "$deep" || echo "not that deep"
for number in {1..2000}; do : >"/workspace/a-name-that-takes-room-in-its-folder-$number" || break; done
for place in /var/tmp /dev /dev/mqueue /run /home; do
  if touch "$place/x" 2>/dev/null; then echo "BREACH $place"; fi
done
echo '"told"' >"$HOTCELL_VALUE" || echo "no room for a value"
