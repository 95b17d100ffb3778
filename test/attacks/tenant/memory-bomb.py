# tries: take all memory of the container beside other jobs, in one process
# holds: the job is ended at its own limit, by its own runner; its neighbours do not notice
# threat: T15
# ends: memory_limit error
hoard = []
while True:
    hoard.append(bytearray(8 << 20))
