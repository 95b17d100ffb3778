// tries: microtasks that always leave another one, so that no turn ever ends
// holds: the run ends at its wall time
// threat: T2
// ends: timeout
// request: {"limits":{"timeoutMs":1000}}

const spin = () => Promise.resolve().then(spin);
queueMicrotask(function again() {
  queueMicrotask(again);
});
(async () => {
  for (;;) await null;
})();
await spin();
