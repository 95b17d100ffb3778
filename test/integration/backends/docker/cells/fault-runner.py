"""PID 1 of the test images: speaks the cell protocol and fails on command."""
import os
import struct
import sys
import time

READY, STDOUT = 17, 18
JOB = 1


def frame(job, kind, payload):
    sys.stdout.buffer.write(struct.pack(">IIB", len(payload), job, kind) + payload)
    sys.stdout.buffer.flush()


def frames():
    while header := sys.stdin.buffer.read(9):
        length, job, kind = struct.unpack(">IIB", header)
        yield job, kind, sys.stdin.buffer.read(length)


def obey(job, command, argument):
    if command == "echo":
        frame(job, STDOUT, argument.encode())
    elif command == "read":
        with open(argument, "rb") as file:
            frame(job, STDOUT, file.read())
    elif command == "list":
        frame(job, STDOUT, " ".join(sorted(os.listdir(argument))).encode())
    elif command == "flood":
        for _ in range(int(argument)):
            frame(job, STDOUT, b"x" * 1_000_000)
        frame(job, STDOUT, b"end")
    elif command == "complain":
        os.write(2, argument.encode())
    elif command == "exit":
        os._exit(int(argument))
    elif command == "eat":
        eaten = []
        while True:
            eaten.append(b"x" * 4_000_000)
    elif command == "babble":
        os.write(1, b"\xff" * 64)
        time.sleep(60)
    elif command == "stranger":
        frame(99, STDOUT, b"")
        time.sleep(60)
    elif command == "hang":
        time.sleep(60)


birth = sys.argv[1]
if birth == "mute":
    time.sleep(60)
if birth == "stillborn":
    sys.exit("born to fail")
frame(0, READY, b"{}")
for job, kind, payload in frames():
    if kind == JOB:
        obey(job, *payload.decode().split(" ", 1))
