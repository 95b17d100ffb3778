# tries: end with hundreds of calls under way and more in line, and with an exit function that calls
# holds: what did not get to the host before the end is not called after it
# threat: T16
# ends: success error
# tools: yes
# proof: ^left 200$
import asyncio
import atexit


async def leave():
    tasks = [asyncio.ensure_future(tools.aio.slow()) for _ in range(200)]
    await asyncio.sleep(0)
    print("left", len(tasks))


atexit.register(lambda: [tools.echo(n) for n in range(3)])
await leave()
