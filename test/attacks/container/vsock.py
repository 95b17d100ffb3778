# tries: call the hypervisor and the host's agents by AF_VSOCK, which no network namespace bounds
# holds: no such socket can be had, or nothing answers
# threat: T7
# ends: success
# proof: tried \d+
import socket

HYPERVISOR, LOCAL, HOST = 0, 1, 2
tried = 0
for machine in (HYPERVISOR, LOCAL, HOST, 3):
    for port in (22, 52, 1024, 2375, 5000, 9999):
        tried += 1
        try:
            with socket.socket(40, socket.SOCK_STREAM) as caller:
                caller.settimeout(0.02)
                caller.connect((machine, port))
                print("BREACH reached", machine, port)
        except OSError as error:
            reason = str(error)
print("tried", tried, reason)
