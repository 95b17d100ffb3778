# tries: find programs with others' rights, files that it may write, and whatever runs by itself: cron, profile, preload
# holds: no set-uid bit, no capability, nothing writable, nothing that runs by itself
# threat: T6
# ends: success
# proof: tried

find / -xdev -type f -perm /6000 2>/dev/null | sed 's/^/BREACH set-uid /'
find / -xdev -writable ! -type l ! -path '/dev/*' ! -path '/proc/*' ! -path /workspace 2>/dev/null | sed 's/^/BREACH writable /'
find / -xdev \( -nouser -o -nogroup \) 2>/dev/null | sed 's/^/BREACH of nobody /'
command -v getcap >/dev/null && getcap -r / 2>/dev/null | sed 's/^/BREACH /'
for program in sudo pkexec doas docker runc ctr nsenter-suid fusermount newuidmap newgidmap ping; do
  path=$(command -v "$program") && [ -u "$path" ] && echo "BREACH $path"
done
for way in /etc/ld.so.preload /etc/cron.d /var/spool/cron; do
  if [ -e "$way" ] && [ -w "$way" ]; then echo "BREACH $way"; fi
done
cp /bin/bash /workspace/sh && chmod 6755 /workspace/sh && [ "$(/workspace/sh -p -c 'id -u')" != "$UID" ] && echo "BREACH another user"
echo tried
