# tries: keep the event loop of the harness busy: a task that never ends and swallows its cancellation, a separate loop, a replaced policy
# holds: the deadline holds whatever the loop does
# threat: T9
# ends: timeout
# proof: before
# request: {"limits": {"timeoutMs": 900}}
import asyncio

print("before", flush=True)


async def stubborn():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            continue


class Policy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self):
        raise SystemExit(0)


asyncio.set_event_loop_policy(Policy())
asyncio.get_running_loop().set_exception_handler(lambda *_: None)
asyncio.get_running_loop().stop = lambda: None
asyncio.ensure_future(stubborn())
await asyncio.gather(stubborn(), return_exceptions=True)
