# tries: the escape by a cgroup's release_agent: mount a hierarchy, make a group, name a program for the host to run
# holds: nothing can be mounted and the hierarchies that are there cannot be written
# threat: T5
# ends: success
# proof: tried

mkdir -p /tmp/group
for controller in rdma memory cpuset misc; do
  mount -t cgroup -o "$controller" cgroup /tmp/group 2>/dev/null && echo "BREACH mounted $controller"
  unshare -UrmC mount -t cgroup -o "$controller" cgroup /tmp/group 2>/dev/null && echo "BREACH mounted $controller in a namespace"
done
for folder in /sys/fs/cgroup /sys/fs/cgroup/*/; do
  mkdir "$folder/x" 2>/dev/null && echo "BREACH made $folder/x"
  for file in release_agent notify_on_release cgroup.procs tasks devices.allow memory.limit_in_bytes memory.max pids.max; do
    if { : >>"$folder/$file"; } 2>/dev/null; then echo "BREACH $folder/$file"; fi
  done
done
echo tried
