# tries: read the host's disks by the numbers that /proc and /sys tell
# holds: no device can be opened, whether or not its node can be made
# threat: T5
# ends: success
# proof: tried

while read -r major minor _ name; do
  [[ $major =~ ^[0-9]+$ ]] || continue
  mknod "/workspace/$name" b "$major" "$minor" 2>/dev/null && echo "made $name"
  head -c 16 "/dev/$name" "/workspace/$name" 2>/dev/null | grep -q . && echo "BREACH read $name"
done < <(cat /proc/partitions 2>/dev/null)
for major in 7 8 253 254 259; do
  mknod "/tmp/b$major" b "$major" 0 2>/dev/null && echo "made block device $major"
  mknod "/tmp/c$major" c 1 1 2>/dev/null && echo "made /dev/mem"
  head -c 16 "/tmp/b$major" "/tmp/c$major" 2>/dev/null | grep -q . && echo "BREACH read $major"
done
find /etc /home /mnt /opt /root /run /srv /usr /var -xdev \( -type b -o -type c \) 2>/dev/null | sed 's/^/BREACH device /'
echo tried
