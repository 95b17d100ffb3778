# tries: outlive its deadline: all signals blocked and ignored, alarms taken away, the processor's limit caught
# holds: the deadline kills
# threat: T9
# ends: timeout
# proof: before
# request: {"limits": {"timeoutMs": 600}}
import faulthandler
import signal

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
signal.setitimer(signal.ITIMER_REAL, 0)
faulthandler.enable()
print("before", flush=True)
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
