"""All kinds of guest work that a filter of system calls could break."""

import asyncio
import concurrent.futures
import ctypes
import mmap
import multiprocessing
import os
import select
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time


def in_threads():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return sum(pool.map(lambda n: n * n, range(10)))


def in_processes():
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=lambda: theirs.send(os.getpid()))
    process.start()
    answer = ours.recv()
    process.join()
    return answer == process.pid


def over_loopback(family, address):
    with socket.create_server((address, 0), family=family) as server:
        threading.Thread(target=lambda: server.accept()[0].sendall(b"hello")).start()
        with socket.create_connection(server.getsockname()[:2]) as client:
            return client.recv(5).decode()


async def asynchronously():
    child = await asyncio.create_subprocess_exec("cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    echoed = (await child.communicate(b"echo"))[0]
    return echoed.decode(), await asyncio.to_thread(lambda: 1)


def on_disk():
    with tempfile.TemporaryDirectory() as folder:
        os.mkfifo(f"{folder}/fifo")
        with open(f"{folder}/file", "w+b") as file:
            file.truncate(8192)
            with mmap.mmap(file.fileno(), 8192) as page:
                page[:4] = b"page"
                page.flush()
            os.sendfile(os.memfd_create("memory"), file.fileno(), 0, 4)
        os.link(f"{folder}/file", f"{folder}/link")
        os.chmod(f"{folder}/link", 0o600)
        os.utime(f"{folder}/link")
        os.rename(f"{folder}/link", f"{folder}/moved")
        return sorted(os.listdir(folder))


def in_sqlite():
    with sqlite3.connect("work.db") as base:
        base.executescript("pragma journal_mode = wal; create table t(n); insert into t values (1), (2);")
        return base.execute("select sum(n) from t").fetchone()[0]


def by_timer():
    rang = []
    signal.signal(signal.SIGALRM, lambda *_: rang.append(True))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    return rang


def by_poll():
    read, write = os.pipe()
    watch = select.epoll()
    watch.register(read)
    os.write(write, b"x")
    return len(watch.poll(1))


shell = "set -o pipefail; timeout 5 seq 3 | nice sort -r | tee copy | (while read -r n; do printf %s $n; done); wait"
{
    "threads": in_threads(),
    "processes": in_processes(),
    "tcp": over_loopback(socket.AF_INET, "127.0.0.1"),
    "resolver": socket.getaddrinfo("127.0.0.1", 80, proto=socket.IPPROTO_TCP)[0][4],
    "local": [end.family == socket.AF_UNIX for end in socket.socketpair()],
    "datagrams": socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).fileno() > 0,
    "async": await asynchronously(),
    "disk": on_disk(),
    "sqlite": in_sqlite(),
    "timer": by_timer(),
    "poll": by_poll(),
    "shell": subprocess.run(["bash", "-c", shell], capture_output=True, check=True, text=True).stdout,
    "personality": ctypes.CDLL(None).personality(ctypes.c_ulong(0xFFFFFFFF)),
    "random": len(os.urandom(8)),
}
