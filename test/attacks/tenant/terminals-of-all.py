# tries: take all terminals of the machine, of which the kernel has one number for all containers, and fill their buffers, which are charged to no job
# holds: a job has few of its own
# threat: T15
# ends: success
# proof: ^opened 16$
import os
import time

ends = []
for _ in range(24):
    reader, writer = os.pipe()
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
    ends.append(reader)
opened = sum(os.read(end, 1)[0] for end in ends)
if opened > 16:
    print("BREACH", opened)
print("opened", opened)
