# tries: the kernel's triggers: sysrq, panic, crash handlers, hot-plug helpers, module loading by name, power states
# holds: none can be opened for writing (nothing is written, so success would be harmless)
# threat: T5
# ends: success
# proof: tried 13

tried=0
for path in /proc/sysrq-trigger /proc/sys/kernel/sysrq /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe \
  /proc/sys/kernel/hotplug /proc/sys/kernel/panic /proc/sys/vm/drop_caches /proc/sys/fs/binfmt_misc/register \
  /proc/sys/kernel/poweroff_cmd /sys/kernel/uevent_helper /sys/power/state /sys/kernel/kexec_crash_size /proc/mtrr; do
  tried=$((tried + 1))
  # Opened for appending and closed again.
  if { : >>"$path"; } 2>/dev/null; then echo "BREACH $path"; fi
done
echo "tried $tried"
