# tries: replace, remove, rename or change the tool socket, and put another in its place for the guest's other processes
# holds: it belongs to the runner, in a folder of the runner's
# threat: T16
# ends: success
# tools: yes
# skip: wasm has no sockets, and its own programs
# proof: ^answer 7$
import os
import socket

path = "/run/tools/socket"
for what, attempt in {
    "removed": lambda: os.unlink(path),
    "renamed": lambda: os.rename(path, "/run/tools/other"),
    "changed": lambda: os.chmod(path, 0o777),
    "taken over": lambda: os.chown(path, os.getuid(), os.getgid()),
    "replaced": lambda: os.symlink("/workspace/mine", path + "2"),
    "bound beside": lambda: socket.socket(socket.AF_UNIX).bind("/run/tools/mine"),
    "opened": lambda: os.open(path, os.O_RDWR),
    "linked": lambda: os.link(path, "/workspace/link"),
}.items():
    try:
        attempt()
        print("BREACH", what)
    except OSError as error:
        print(what, error.strerror)
print("answer", tools.echo(7))
