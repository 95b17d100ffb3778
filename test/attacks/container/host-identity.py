# tries: learn which machine this is: names, serial numbers, accounts, mounts, addresses, other containers
# holds: hostname, hardware's numbers, accounts and networks of the host are not told
# threat: T14
# ends: success
# proof: host cell
import os
import socket

print("host", socket.gethostname())
if socket.gethostname() != "cell" or socket.getfqdn() not in ("cell", "localhost"):
    print("BREACH", socket.gethostname(), socket.getfqdn())
for path in ("product_serial", "product_uuid", "board_serial", "chassis_serial"):
    try:
        with open(f"/sys/class/dmi/id/{path}") as file:
            print("BREACH", path, file.read())
    except OSError as error:
        print(path, error.strerror)
with open("/proc/net/dev") as file:
    interfaces = [line.split(":")[0].strip() for line in file if ":" in line]
print("interfaces", interfaces)
if interfaces != ["lo"]:
    print("BREACH interfaces", interfaces)
with open("/etc/passwd") as file:
    accounts = [line.split(":") for line in file]
print("accounts", len(accounts))
for account in accounts:
    if int(account[2]) >= 1_000 and account[0] not in ("guest", "nobody"):
        print("BREACH account", account)
for path in ("/proc/sched_debug", "/sys/kernel/debug/sched/debug", "/proc/timer_list", "/proc/scsi/scsi", "/sys/kernel/debug", "/root"):
    try:
        found = os.listdir(path) if os.path.isdir(path) else open(path).read(64)
        if found:
            print("BREACH", path, found)
    except OSError as error:
        print(path, error.strerror)
for name in ("arp", "route", "tcp", "tcp6", "udp", "unix", "packet"):
    try:
        with open(f"/proc/net/{name}") as file:
            for line in file.read().splitlines()[1:]:
                # The runner's socket, where this guest's own calls arrive, and the pair for its own answers, which has no name.
                is_own_pair = name == "unix" and len(line.split()) == 7
                if not is_own_pair and not line.endswith(" /run/tools/socket"):
                    print("BREACH", name, line)
    except OSError as error:
        print(name, error.strerror)
