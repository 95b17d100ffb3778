import { type Probe, probesIn } from './probe.ts';

const container =
  'Do not run untrusted code here. Use a Docker engine that enforces cgroup limits and seccomp, with a current runtime; run "hotcell doctor".';
const report =
  'Do not run untrusted code here. Rebuild the images with "hotcell setup"; if the check still fails, report it.';

const prelude = `
breach() { echo "BREACH $*"; }
tried() { echo TRIED; }
bait() { jq -r ".$1" "$HOTCELL_INPUTS"; }
`;

/** Attacks that must fail for Bash in a container. */
export const bashProbes: readonly Probe[] = probesIn('bash', prelude, [
  {
    name: 'network',
    holds: 'no address, host name or Docker socket can be reached',
    remedy: container,
    code: `
for address in 127.0.0.1/$(bait port) 172.17.0.1/2375 169.254.169.254/80 1.1.1.1/53 example.com/80; do
  (timeout 0.3 bash -c "exec 9<>/dev/tcp/$address" 2>/dev/null) && breach "$address answered"
done
for path in /sys/class/net/*; do
  case \${path##*/} in lo | tunl0 | sit0 | gre* | ip* | erspan0 | '*') ;; *) breach "interface \${path##*/}" ;; esac
done
for path in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock; do [ -e $path ] && breach "$path is there"; done
tried`,
  },
  {
    name: 'rights and mounts',
    holds: 'no capability, not root, nothing writable but its own folders',
    remedy: container,
    harmlessInOwnKernel: /^mknod /,
    code: `
while read -r name value; do
  case $name in CapInh: | CapPrm: | CapEff: | CapAmb:) [ $((16#$value)) = 0 ] || breach "$name $value" ;; esac
done < /proc/self/status
[ "$(id -u)" = 0 ] && breach "the guest is root"
for command in 'mount -o remount,rw /' 'mount -t tmpfs none /workspace' 'umount /proc/kcore' 'unshare -r true' 'unshare -m true' 'chroot / true' 'su -c true' 'mknod /workspace/d b 8 0' 'date -s 2000-01-01' 'hostname taken'; do
  timeout 2 $command < /dev/null > /dev/null 2>&1 && breach "$command"
done
for path in /x /etc/x /usr/bin/x /root/x /run/x /dev/x /opt/x /sys/x /proc/sys/kernel/core_pattern /proc/sysrq-trigger /proc/sys/vm/overcommit_memory; do
  (: > $path) 2>/dev/null && breach "$path can be written"
done
tried`,
  },
  {
    name: 'host files and environment',
    holds: 'no file, variable or process of the host can be seen',
    remedy: container,
    code: `
file=$(bait file) variable=$(bait variable)
for path in "$file" "/proc/1/root$file" "/host$file"; do [ -e "$path" ] && breach "$path has $(cat "$path")"; done
[ -n "\${!variable}" ] && breach "environment: \${!variable}"
for path in /proc/[0-9]*/environ; do grep -qs "$variable" "$path" && breach "$path has the canary"; done
kill -0 1 2> /dev/null && breach "the runner can be signalled"
(cat /proc/1/environ /proc/1/mem /proc/1/maps) > /dev/null 2>&1 && breach "the runner can be read"
tried`,
  },
  {
    name: 'process limit',
    holds: 'a guest that forks is stopped at its limit',
    remedy: container,
    limits: { processes: 16 },
    // If a fork fails, Bash waits and tries again; so another shell forks, and this one counts without forking.
    code: `
exec 9< <(sleep 9)
timeout 8 bash -c 'for count in {1..96}; do sleep 7 & done' 2> /dev/null &
for count in {1..12}; do
  read -t 0.5 -u 9
  set -- /proc/[0-9]*
  [ $# -ge 16 ] && tried && break
done
read -t 0.5 -u 9
set -- /proc/[0-9]*
[ $# -gt 20 ] && breach "$# processes under a limit of 16"
kill $! 2> /dev/null; true`,
  },
  {
    name: 'what it leaves behind',
    holds: 'no process outlives the call',
    remedy: report,
    code: `
for count in 1 2 3; do setsid bash -c 'trap "" TERM HUP INT; while :; do sleep 1; done' < /dev/null > /dev/null 2>&1 & done
disown -a; sleep 0.1; tried`,
  },
  {
    name: 'output flood',
    holds: 'a flood of output is stopped and bounded',
    remedy: report,
    ends: 'output_limit',
    limits: { outputKb: 8 },
    code: 'tried; for count in {1..4096}; do printf "%8191d\\n" 0 || exit 0; done',
  },
  {
    name: 'secrets in output',
    holds: 'no output or file contains a secret, plain or encoded',
    remedy: report,
    code: `
hex=$(printf %s "$SELF_TEST_SECRET" | od -An -tx1 | tr -d ' \\n')
for form in "$SELF_TEST_SECRET" "$(printf %s "$SELF_TEST_SECRET" | base64 -w 0)" "$hex"; do
  echo "it is $form"; echo "$form" >&2; mkdir -p output; echo "$form" >> "output/$SELF_TEST_SECRET"
  for ((index = 0; index < \${#form}; index++)); do printf %s "\${form:index:1}"; done; echo
done
[ -n "$SELF_TEST_SECRET" ] && tried`,
  },
]);
