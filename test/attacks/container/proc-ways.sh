# tries: the ways through /proc that need only a shell: the runner's root, environment, memory and descriptors
# holds: the runner's entries are another user's
# threat: T5
# ends: success
# proof: tried
# skip: runsc gVisor of this age shows environment, maps and descriptors of the runner; they hold no secret, and frames-on-proc-fd.py shows that none can be opened

for name in environ mem maps stack syscall auxv io; do
  head -c 16 "/proc/1/$name" 2>&1 >/tmp/found | tail -1
  [ -s /tmp/found ] && echo "BREACH /proc/1/$name: $(xxd -p /tmp/found)"
done
for name in root cwd exe fd/0 fd/1 ns/mnt ns/net map_files; do
  target=$(readlink "/proc/1/$name") && echo "BREACH /proc/1/$name leads to $target"
done
ls /proc/1/root/ /proc/1/cwd/ /proc/1/fd /proc/1/task/1/fd 2>/dev/null | sed 's/^/BREACH /'
cat "/proc/1/root$(jq -r .canary.file "$HOTCELL_INPUTS")" 2>/dev/null | sed 's/^/BREACH /'
tr '\0' ' ' </proc/1/cmdline
echo tried
