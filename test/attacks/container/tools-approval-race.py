# tries: many calls of a tool that may run once, from threads, tasks and processes, while its approval is still asked for
# holds: it runs once
# threat: T16
# ends: success
# tools: yes
# skip: wasm has no threads, and its own programs
# proof: ^ran 1$
import asyncio
import os
import subprocess
import threading

ran = []


def attempt():
    try:
        ran.append(tools.once())
    except ToolError as error:
        if error.code != "CALL_LIMIT":
            print("BREACH", error.code)


async def attempt_in_task():
    try:
        ran.append(await tools.aio.once())
    except ToolError:
        pass


threads = [threading.Thread(target=attempt) for _ in range(20)]
children = [subprocess.Popen(["tool", "once"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(5)]
for thread in threads:
    thread.start()
await asyncio.gather(*(attempt_in_task() for _ in range(20)))
for thread in threads:
    thread.join()
ran.extend(line for child in children if (line := child.communicate()[0]))
print("ran", len(ran))
