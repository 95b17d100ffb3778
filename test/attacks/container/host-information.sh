# tries: learn about the host and its neighbours from the tools at hand
# holds: names, addresses, mounts of others and logs stay hidden (the kernel's version, the processor and the load do not)
# threat: T14
# ends: success
# proof: NOTE kernel

echo "NOTE kernel $(uname -r), load $(cut -d' ' -f1-3 /proc/loadavg), up $(cut -d' ' -f1 /proc/uptime) s, $(nproc) processors"
[ "$(uname -n)" = cell ] || echo "BREACH host name $(uname -n)"
last 2>/dev/null | head -3 | sed 's/^/BREACH logins /'
who 2>/dev/null | sed 's/^/BREACH logged in /'
cat /sys/class/dmi/id/product_serial /sys/class/dmi/id/board_serial /etc/machine-id 2>/dev/null | grep . | sed 's/^/BREACH serial /'
awk 'NR > 2 { print $1 }' /proc/net/dev | grep -v '^lo:' | sed 's/^/BREACH interface /'
awk 'NR > 1 { print "BREACH route " $0 }' /proc/net/route
# Everything above the container's own mounts.
grep -vE ' (/|/proc|/dev|/sys|/workspace|/etc/(hosts|hostname|resolv.conf))[^ ]* ' /proc/self/mounts | sed 's/^/BREACH mount /'
grep -oE '/docker/[0-9a-f]{64}' /proc/self/cgroup /proc/self/mountinfo | sort -u | wc -l
lsns 2>/dev/null | awk 'NR > 1 && $4 != 1 && $5 == "root" { print "BREACH namespace " $0 }'
