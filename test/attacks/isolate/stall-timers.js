// tries: 10^5 timers at once, with delays that put each at the far end of the list, and intervals of nothing
// holds: the list is the guest's own time; the run ends at its wall time
// threat: T2
// ends: timeout memory_limit
// request: {"limits":{"timeoutMs":1500}}

let fired = 0;
for (let i = 0; i < 100_000; i += 1)
  setTimeout(
    () => {
      fired += 1;
    },
    2_000_000_000 - i * 10,
  );
for (let i = 0; i < 5_000; i += 1)
  setInterval(
    () =>
      setImmediate(() =>
        setTimeout(() => {
          fired += 1;
        }),
      ),
    0,
  );
await new Promise(() => {});
