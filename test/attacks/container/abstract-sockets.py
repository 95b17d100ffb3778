# tries: connect to the canary's abstract socket and to those of the host's services, which have no file
# holds: abstract names belong to a network namespace, and the cell has its own
# threat: T7
# ends: success
# proof: tried \d+
import socket

own = inputs["canary"]["abstractSocket"].lstrip("@\0")
names = [own, f"{own}\0", "/containerd-shim/moby/shim.sock", "/tmp/dbus-session", "/org/kernel/linux/storage/multipathd"]
names += ["/run/systemd/notify", "ISCSIADM_ABSTRACT_NAMESPACE", "/var/run/docker.sock"]
tried = 0
for name in names:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        tried += 1
        with socket.socket(socket.AF_UNIX, kind) as caller:
            try:
                caller.connect(f"\0{name}")
                print("BREACH reached", repr(name))
            except OSError as error:
                reason = error
    print(repr(name), reason)
try:
    with open("/proc/net/unix") as file:
        for line in file.read().splitlines()[1:]:
            if "@" in line:
                print("BREACH sees", line)
except OSError as error:
    print("/proc/net/unix", error.strerror)
print("tried", tried)
