#!/bin/sh
# The last step of every sandbox image: sets up what the guest needs, and removes what it must not have.
set -eu

# The guest. Its number differs in each container: the runner writes these lists again into the container's own /run.
echo 'guest:x:10001:' >>/etc/group
echo 'guest:x:10001:10001:guest:/workspace:/bin/bash' >>/etc/passwd
mkdir -p /opt/hotcell/etc
for list in passwd group; do
  cp "/etc/$list" /opt/hotcell/etc/
  mv "/etc/$list" /run/
  ln -s "/run/$list" "/etc/$list"
done

# The root is read-only at run time, and only /workspace can be written: temporary files go there, under its quota.
mkdir -p /workspace
rm -rf /tmp
ln -s /workspace/.tmp /tmp

# The interpreter under both of its names.
ln -s python3 /usr/bin/python

# The guest's locale in one file: every program that starts would open thirteen.
localedef --add-to-archive /usr/lib/locale/C.utf8

# The commands that call host functions and show displays.
for command in tool hotcell; do
  chmod 755 "/opt/hotcell/runner/tools/$command.py"
  ln -s "/opt/hotcell/runner/tools/$command.py" "/usr/local/bin/$command"
done

# No way up: nothing may run with rights that its caller lacks.
find / -xdev -type f -perm /6000 -exec chmod a-s {} +

# Nothing of the build stays.
rm -rf /opt/hotcell/base /etc/apt/sources.list /etc/apt/sources.list.d /var/lib/apt /var/cache/apt /var/cache/debconf /var/log/*

# Start-up time: the byte code is there and is taken without a look at its source.
python3 -m compileall -q --invalidation-mode unchecked-hash /opt/hotcell
