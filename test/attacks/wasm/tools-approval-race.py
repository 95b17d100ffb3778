# tries: many calls of a tool that may run once, from tasks and in between without waiting for them, while its approval is still asked for
# holds: it runs once
# threat: T16
# ends: success
# tools: yes
# proof: ^ran 1$
import asyncio

ran = []


async def attempt_in_task():
    try:
        ran.append(await tools.aio.once())
    except ToolError as error:
        if error.code != "CALL_LIMIT":
            print("BREACH", error.code)


def attempt():
    try:
        ran.append(tools.once())
    except ToolError:
        pass


tasks = [asyncio.ensure_future(attempt_in_task()) for _ in range(20)]
await asyncio.sleep(0)
for _ in range(20):
    attempt()
await asyncio.gather(*tasks)
print("ran", len(ran))
