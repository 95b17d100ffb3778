# tries: thousands of calls that are given up at once, large inputs and large answers that nobody reads
# holds: at most 64 are at the host, the rest lies in the guest's own memory, and calls work again
# threat: T16
# ends: success
# tools: yes
# request: { "limits": { "timeoutMs": 60000, "toolCalls": 10000 } }
# proof: ^flooded, answer 7$
import asyncio


async def give_up(call, count):
    tasks = [asyncio.ensure_future(call()) for _ in range(count)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


await give_up(lambda: tools.aio.echo(1), 2_000)
await give_up(lambda: tools.aio.large(), 40)
await give_up(lambda: tools.aio.strict("x" * 900_000), 8)
print(f"flooded, answer {tools.echo(7)}")
