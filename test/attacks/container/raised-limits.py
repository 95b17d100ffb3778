# tries: raise its own limits: descriptors, file size, core files, processor time, locked memory, the badness for the OOM killer
# holds: hard limits hold, and the guest stays the first to go when memory runs out
# threat: T8
# ends: success
# proof: tried \d+
import resource

for name in ("CPU", "NOFILE", "FSIZE", "CORE", "MEMLOCK", "NICE", "RTPRIO", "MSGQUEUE", "SIGPENDING"):
    kind = getattr(resource, f"RLIMIT_{name}")
    hard = resource.getrlimit(kind)[1]
    for wanted in (resource.RLIM_INFINITY, hard + 1):
        if hard == resource.RLIM_INFINITY:
            continue
        try:
            resource.setrlimit(kind, (wanted, wanted))
            print("BREACH", name, resource.getrlimit(kind))
        except (OSError, ValueError) as error:
            print(name, error)
with open("/proc/self/oom_score_adj") as file:
    print("badness", file.read().strip())
for name in ("oom_score_adj", "oom_adj"):
    for pid in ("self", 1):
        try:
            with open(f"/proc/{pid}/{name}", "w") as file:
                file.write("-17" if name == "oom_adj" else "-1000")
            print("BREACH", pid, name)
        except OSError as error:
            print(pid, name, error.strerror)
print("tried", 18)
