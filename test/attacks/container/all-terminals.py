# tries: take all terminals of the machine, of which the kernel has one number for all containers
# holds: a job has few of its own
# threat: T8
# ends: success
# proof: ^opened 16$
# skip: runsc its terminals are its own
import os
import time

reader, writer = os.pipe()
for _ in range(24):
    if os.fork() == 0:
        terminals = []
        try:
            while True:
                terminals.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
        except OSError:
            pass
        os.write(writer, bytes((len(terminals) % 256,)))
        time.sleep(9)
        os._exit(0)
opened = sum(os.read(reader, 1)[0] for _ in range(24))
if opened > 16:
    print("BREACH", opened)
print("opened", opened)
