# tries: change settings of the kernel and of the machine, whose /proc is not masked in a shared container
# holds: /proc/sys is read-only in each job, and nobody in the container is the user that owns the rest
# threat: T15
# ends: success
# proof: tried [0-9]{2}
tried=0
for path in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/overcommit_memory \
  /proc/sys/kernel/ns_last_pid /proc/sys/net/ipv4/ip_forward /proc/sys/user/max_user_namespaces /proc/sysrq-trigger \
  /proc/irq/default_smp_affinity /proc/1/oom_score_adj /sys/kernel/uevent_helper /sys/power/state; do
  tried=$((tried + 1))
  if (echo 0 >"$path") 2>/dev/null; then echo "BREACH wrote $path"; fi
done
for path in /proc/kcore /proc/kmsg /proc/kpagecount /proc/kpageflags /proc/timer_list /proc/vmallocinfo /proc/slabinfo; do
  tried=$((tried + 1))
  if [ -s "$path" ] && head -c 1 "$path" >/dev/null 2>&1; then echo "BREACH read $path"; fi
done
for path in /sys/fs/cgroup /sys/firmware; do
  if [ -n "$(ls -A "$path" 2>/dev/null)" ]; then echo "BREACH $path shows something"; fi
done
mount -t tmpfs none /workspace 2>/dev/null && echo 'BREACH mounted'
mount -o remount,rw /proc/sys 2>/dev/null && echo 'BREACH remounted'
echo "tried $tried"
