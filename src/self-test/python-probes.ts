import { type Probe, probesIn } from './probe.ts';

const container =
  'Do not run untrusted code here. Use a Docker engine that enforces cgroup limits and seccomp, with a current runtime; run "hotcell doctor".';
const report =
  'Do not run untrusted code here. Rebuild the images with "hotcell setup"; if the check still fails, report it.';

const prelude = `
import ctypes, glob, os, signal, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def breach(what): print("BREACH", what, flush=True)
def tried(): print("TRIED", flush=True)
def refused(what, call, *arguments):
    try: result = call(*arguments)
    except (OSError, ValueError, MemoryError): return
    if result != -1: breach(what)
def read(path):
    with open(path, "rb") as file: return file.read(65536)
`;

/** Attacks that must fail for Python in a container. */
export const pythonProbes: readonly Probe[] = probesIn('python', prelude, [
  {
    name: 'network',
    holds: 'no interface but loopback, no address or host name can be reached',
    remedy: container,
    code: `
for line in open("/proc/net/dev").read().splitlines()[2:]:
    name, counts = line.split(":")
    if name.strip() != "lo" and any(map(int, counts.split())): breach("interface " + name.strip())
if len(open("/proc/net/route").read().splitlines()) > 1: breach("there is a route to somewhere")
def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(0.3)
        s.connect(address)
        return s.recv(64) or b""
for address in (("127.0.0.1", inputs["port"]), ("1.1.1.1", 53), ("8.8.8.8", 443), ("169.254.169.254", 80), ("172.17.0.1", 2375), ("10.0.2.2", 22)):
    try: breach(f"{address} answered {connect(socket.AF_INET, address)!r}")
    except TimeoutError: breach(f"packets to {address} leave")
    except OSError: pass
refused("a host's abstract socket answered", connect, socket.AF_UNIX, "\\0" + inputs["socket"])
refused("a name was resolved", socket.getaddrinfo, "example.com", 80)
refused("raw sockets can be opened", socket.socket, socket.AF_INET, socket.SOCK_RAW, 1)
refused("packet sockets can be opened", socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 3)
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"):
    if os.path.exists(path): breach(path + " is there")
tried()`,
  },
  {
    name: 'capabilities',
    holds: 'no capability, not root, no way to become root',
    remedy: container,
    harmlessInOwnKernel: /^(a device can be made|priority can be raised)$/,
    code: `
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
    if int(status.get(name, "0"), 16): breach(name + " is " + status[name])
if status.get("NoNewPrivs", "1") != "1": breach("new privileges can be gained")
if 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()): breach("the guest is root")
refused("setuid", os.setuid, 0)
refused("setgid", os.setgid, 0)
refused("chroot", os.chroot, "/workspace")
refused("a device can be made", os.mknod, "/workspace/device", 0o60666, os.makedev(8, 0))
refused("the host's clock can be set", time.clock_settime, time.CLOCK_REALTIME, time.time())
refused("the host's name can be set", socket.sethostname, "taken")
refused("priority can be raised", os.setpriority, os.PRIO_PROCESS, 0, -5)
for folder in ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/lib", "/opt"):
    for path in glob.glob(folder + "/*"):
        if os.path.isfile(path) and os.stat(path).st_mode & 0o6000 and not os.path.islink(path): breach("set-uid program " + path)
tried()`,
  },
  {
    name: 'kernel surface',
    holds: 'namespaces, mounts, tracing, keys, bpf, perf and io_uring are refused',
    remedy: container,
    sharedKernel: true,
    code: `
x86 = os.uname().machine == "x86_64"
numbers = {"add_key": (248, 217), "keyctl": (250, 219), "perf_event_open": (298, 241), "bpf": (321, 280), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "open_by_handle_at": (304, 265), "kexec_load": (246, 104), "init_module": (175, 105), "process_vm_readv": (310, 270)}
blank = ctypes.create_string_buffer(256)
arguments = {"add_key": (b"user", b"x", b"x", 1, -2), "keyctl": (0, -3, 1), "userfaultfd": (1,), "io_uring_setup": (1, blank), "process_vm_readv": (1, blank, 1, blank, 1, 0), "bpf": (0, blank, 128)}
for name, number in numbers.items():
    refused(name, libc.syscall, number[0 if x86 else 1], *arguments.get(name, (blank, 0, 0, 0, 0)))
def in_child(call, *given):
    child = os.fork()
    if child == 0: os._exit(0 if call(*given) != -1 else 1)
    return -1 if os.waitpid(child, 0)[1] else 0
for name, flag in {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000, "pid": 0x20000000, "ipc": 0x8000000}.items():
    refused(name + " namespace", in_child, libc.unshare, flag)
refused("mount", libc.mount, b"none", b"/workspace", b"tmpfs", 0, None)
refused("remount of the root", libc.mount, None, b"/", None, 0x1020, None)
refused("umount of /proc masks", libc.umount2, b"/proc/kcore", 2)
refused("ptrace of the runner", libc.ptrace, 16, 1, 0, 0)
tried()`,
  },
  {
    name: 'mounts and devices',
    holds: 'the root is read-only, nothing of the host is mounted or writable',
    remedy: container,
    harmlessInOwnKernel: /^\/tmp is (mounted, a tmpfs|writable)$/,
    code: `
for line in open("/proc/self/mountinfo"):
    before, _, after = line.partition(" - ")
    point, options, kind = *before.split()[4:6], after.split()[0]
    if point == "/" and "ro" not in options.split(","): breach("the root can be written")
    known = point in ("/workspace", "/run") or point.startswith(("/proc", "/sys", "/dev")) or point in ("/", "/etc/resolv.conf", "/etc/hostname", "/etc/hosts")
    if not known: breach(f"{point} is mounted, a {kind}")
    if point not in ("/workspace",) and not point.startswith(("/dev", "/proc")) and os.access(point, os.W_OK): breach(point + " is writable")
for path in ("/x", "/etc/passwd", "/etc/resolv.conf", "/etc/hosts", "/usr/bin/x", "/opt/hotcell/runner/main.py", "/root/x", "/dev/x", "/run/x",
             "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/1/oom_score_adj", "/proc/sys/kernel/hostname", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/x",
             "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/pids.max"):
    refused(path + " can be written", os.open, path, os.O_WRONLY | os.O_CREAT)
for path in ("/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/proc/kcore", "/proc/kmsg", "/proc/timer_list", "/proc/sched_debug", "/dev/sda", "/dev/vda", "/dev/nvme0n1"):
    if os.path.exists(path):
        try:
            if read(path): breach(path + " can be read")
        except OSError: pass
tried()`,
  },
  {
    name: 'frames and descriptors',
    holds: 'no descriptor of the channel, no forged frame, no access to the runner',
    remedy: report,
    harmlessInOwnKernel: /^\/proc\/1\/(environ|maps)$/,
    value: 'honest',
    code: `
import struct
forged = b'{"end":"completed","value":"json","usage":{"wallMs":0,"cpuMs":0,"peakMemoryBytes":0},"droppedArtifacts":0}'
frames = b"".join(struct.pack(">IIB", len(said), 1, kind) + said for kind, said in ((22, b'"forged"'), (23, forged)))
links = {int(fd): os.readlink("/proc/self/fd/" + fd) for fd in os.listdir("/proc/self/fd") if os.path.islink("/proc/self/fd/" + fd)}
for fd, link in links.items():
    if fd > 2 and not link.startswith(("socket:" if fd == 3 else "pipe:", "/proc/")): breach(f"descriptor {fd} is {link}")
for fd in (0, *range(4, 256)):
    try: os.write(fd, frames)
    except OSError: pass
os.write(1, b"\\n" + frames + b"\\n")
for path in ("mem", "environ", "maps", "fd/0", "fd/1", "root", "cwd"):
    refused("/proc/1/" + path, os.open, "/proc/1/" + path, os.O_RDONLY)
refused("the runner can be signalled", os.kill, 1, 0)
tried()
"honest"`,
  },
  {
    name: 'host files and environment',
    holds: 'no file, variable or process of the host can be seen',
    remedy: container,
    code: `
if inputs["variable"] in os.environ: breach("environment: " + os.environ[inputs["variable"]])
for path in (inputs["file"], "/proc/1/root" + inputs["file"], "/proc/self/cwd/" + "../" * 12 + inputs["file"], "/host" + inputs["file"]):
    try: breach(path + " has " + read(path).decode())
    except OSError: pass
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if inputs["variable"].encode() in read("/proc/" + pid + "/environ"): breach("environment of process " + pid)
    except OSError: pass
if len(glob.glob("/proc/[0-9]*")) > 16: breach("processes of the host are visible")
tried()`,
  },
  {
    name: 'process limit',
    holds: 'a guest that forks is stopped at its limit',
    remedy: container,
    limits: { processes: 16 },
    code: `
tried()
children = []
try:
    while len(children) < 128:
        child = os.fork()
        if child == 0: signal.pause(); os._exit(0)
        children.append(child)
    breach(f"{len(children)} processes under a limit of 16")
except OSError: pass
for child in children: os.kill(child, 9)
for child in children: os.waitpid(child, 0)`,
  },
  {
    name: 'memory limit',
    holds: 'a guest that grows is stopped at its limit',
    remedy: container,
    ends: 'memory_limit',
    limits: { memoryMb: 32 },
    code: `
tried()
kept = []
for _ in range(64): kept.append(b"\\1" * 4194304)
breach("256 MiB were given under a limit of 32")`,
  },
  {
    name: 'disk limit',
    holds: 'writes stop at the limit of the disk',
    remedy: container,
    // gVisor may give /tmp a separate disk of the same size.
    harmlessInOwnKernel: /^8388608 bytes on a disk of 4 MiB$/,
    limits: { diskMb: 4 },
    code: `
written = 0
for path in ("/workspace/a", "/tmp/b", "/var/tmp/c", "/dev/shm/d"):
    try:
        with open(path, "wb", buffering=0) as file:
            for _ in range(16): written += file.write(b"x" * 1048576)
    except OSError: pass
if written > 5 * 1048576: breach(f"{written} bytes on a disk of 4 MiB")
tried()`,
  },
  {
    name: 'endless loop',
    holds: 'an endless loop is stopped in time',
    remedy: container,
    ends: 'timeout',
    limits: { timeoutMs: 500 },
    code: `
signal.signal(signal.SIGTERM, signal.SIG_IGN)
tried()
end = time.monotonic() + 5
while time.monotonic() < end: pass
breach("it ran for 5 s under a limit of 0.5")`,
  },
  {
    name: 'output flood',
    holds: 'a flood of output is stopped and bounded',
    remedy: report,
    ends: 'output_limit',
    limits: { outputKb: 8 },
    code: 'tried()\nfor _ in range(4096): os.write(1, b"x" * 8191 + b"\\n")',
  },
  {
    name: 'neighbours',
    holds: 'no access to the job of another tenant, nothing remains of the previous job',
    remedy: container,
    before: `
for path in ("/tmp/left", "/workspace/left", "/var/tmp/left", "/dev/shm/left"):
    try: open(path, "w").write("left")
    except OSError: pass
libc.shmget(0x407ce11, 4096, 0o1666)
tried()`,
    code: `
for folder in ("/tmp", "/workspace", "/var/tmp", "/dev/shm", "/run", "/dev/mqueue"):
    try: found = [name for name in os.listdir(folder) if "left" in name or "neighbour" in name]
    except OSError: continue
    if found: breach(f"{found[0]} in {folder}")
if libc.shmget(0x407ce11, 4096, 0) != -1 or libc.shmget(0x407ce12, 4096, 0) != -1: breach("shared memory of another job")
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline"):
        try:
            if b"neighbour" in read(f"/proc/{pid}/{name}"): breach("a process of another job")
        except OSError: pass
refused("a socket of another job", lambda: socket.socket(socket.AF_UNIX).connect("\\0hotcell-neighbour"))
tried()`,
  },
  {
    name: 'secrets in output',
    holds: 'no output, value, error or file contains a secret, plain or encoded',
    remedy: report,
    ends: 'error',
    code: `
import base64, json, urllib.parse
secret = os.environ["SELF_TEST_SECRET"]
plain = secret.encode()
forms = [secret, base64.b64encode(plain).decode(), base64.urlsafe_b64encode(plain).decode(), plain.hex(), urllib.parse.quote(secret, safe=""), "".join(f"%{byte:02x}" for byte in plain)]
for form in forms:
    for character in "it is " + form + "\\n": os.write(1, character.encode())
    print(json.dumps({form: form}), file=sys.stderr)
open("output/" + secret, "w").write(" ".join(forms))
tried()
raise RuntimeError("failed with " + " ".join(forms))`,
  },
]);

/** A job of another tenant that runs during the probes, until its stdin is closed. `value` is its expected value. */
export const neighbour: { readonly code: string; readonly value: string } = {
  code: `${prelude}
open("/tmp/neighbour", "w").write("mine")
libc.shmget(0x407ce12, 4096, 0o1666)
listener = socket.socket(socket.AF_UNIX)
listener.bind("\\0hotcell-neighbour")
listener.listen()
sys.stdin.read()
"unharmed" if read("/tmp/neighbour") == b"mine" else "its file was changed"`,
  value: 'unharmed',
};
