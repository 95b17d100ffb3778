# tries: make the root, /proc and /sys writable and lift masks with mount, umount and losetup
# holds: each is refused
# threat: T5
# ends: success
# proof: tried

attack() { "$@" >/dev/null 2>&1 && echo "BREACH $*"; }
attack mount -o remount,rw /
attack mount -o remount,rw,bind /proc/sys
attack mount -o remount,suid,dev /workspace
attack mount --bind / /mnt
attack mount -t proc proc /mnt
attack mount -t tmpfs tmpfs /opt
attack mount -t overlay overlay -o "lowerdir=/,upperdir=/workspace,workdir=/workspace" /mnt
attack umount /proc/keys
attack umount -l /sys/firmware
attack losetup -f
attack chroot / /bin/true
attack swapon /dev/zero
for path in / /proc/sys /sys /etc /usr /opt/hotcell; do
  if touch "$path/made-by-guest" 2>/dev/null; then echo "BREACH wrote to $path"; fi
done
echo tried
