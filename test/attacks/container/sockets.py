# tries: open a socket of every odd family and kind, and raw ones of the usual families
# holds: raw and packet sockets, virtual machine sockets and the kernel's odd families cannot be had
# threat: T7
# ends: success
# proof: tried \d+
import socket

# From <bits/socket.h>: families that a container does not need.
families = {
    **{"AX25": 3, "IPX": 4, "APPLETALK": 5, "NETROM": 6, "ATMPVC": 8, "X25": 9, "ROSE": 11, "KEY": 15, "PACKET": 17},
    **{"ECONET": 19, "ATMSVC": 20, "RDS": 21, "IRDA": 23, "PPPOX": 24, "LLC": 26, "IB": 27, "CAN": 29, "TIPC": 30},
    **{"BLUETOOTH": 31, "RXRPC": 33, "ISDN": 34, "PHONET": 35, "IEEE802154": 36, "CAIF": 37, "NFC": 39, "VSOCK": 40},
    **{"KCM": 41, "QIPCRTR": 42, "SMC": 43, "XDP": 44},
}
tried = 0
for name, family in families.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        tried += 1
        try:
            socket.socket(family, kind).close()
            print("BREACH", name, kind)
        except OSError as error:
            reason = error.strerror
    print(name, reason)
for family in (socket.AF_INET, socket.AF_INET6):
    for protocol in (1, 6, 58, 132, 255):
        tried += 1
        try:
            socket.socket(family, socket.SOCK_RAW, protocol).close()
            print("BREACH raw", family, protocol)
        except OSError:
            pass
print("tried", tried)
