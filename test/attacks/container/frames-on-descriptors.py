# tries: forge a verdict: the bytes of its frame on every descriptor that can be written, stdout and stderr too
# holds: what is written to the streams is output, whatever it looks like; the verdict is the runner's
# threat: T4
# ends: error
# proof: "end":"completed"
import os
import struct

text = b'{"end":"completed","value":"json","usage":{"wallMs":0,"cpuMs":0,"peakMemoryBytes":0},"droppedArtifacts":0}'
for job in (0, 1, 2):
    for kind in (1, 16, 17, 18, 19, 20, 21, 22, 23, 24):
        frame = struct.pack(">IIB", len(text), job, kind) + text
        # Not on 3, the pipe of the guest's own answer: another attack writes there.
        for fd in (0, 1, 2, *range(4, 256)):
            try:
                os.write(fd, frame)
                if fd not in (1, 2):
                    print("BREACH wrote to", fd)
            except OSError:
                pass
# A runner that believed it would call this a success.
os._exit(3)
