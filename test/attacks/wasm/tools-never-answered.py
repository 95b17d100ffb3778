# tries: wait for tools that take longer than the job has, on the interpreter's own thread, and catch whatever ends that
# holds: the clock stops a thread that waits like any other, and nothing else of the host is held up
# threat: T16
# ends: timeout
# tools: yes
# request: { "limits": { "timeoutMs": 700 } }
# proof: ^waiting$
import asyncio

tasks = [asyncio.ensure_future(tools.aio.slow()) for _ in range(64)]
await asyncio.sleep(0)
print("waiting")
while True:
    try:
        tools.slow()
    except BaseException:
        pass
