# tries: find a capability or a privilege in any process that it sees, and to act on the runner's
# holds: all sets are empty; the runner's cannot be used
# threat: T6
# ends: success
# proof: CapEff:\s+0+$

grep -E '^(Cap|NoNewPrivs|Seccomp|Uid|Groups)' /proc/self/status
while read -r name value; do
  case $name in
    CapEff: | CapPrm: | CapInh: | CapAmb:) [[ $value =~ ^0+$ ]] || echo "BREACH $name $value" ;;
  esac
done </proc/self/status
for command in 'chown root /workspace' 'kill -0 1' 'ulimit -Hc unlimited' 'ulimit -n 1000000' 'hostname x' \
  'date -s @0' 'chrt -f 1 true' 'chown root /tmp' 'setfacl -m u:0:rwx /usr'; do
  bash -c "$command" >/dev/null 2>&1 && echo "BREACH $command"
done
echo tried
