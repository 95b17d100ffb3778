// tries: to kill its host process, and with it all other jobs that run there
// holds: other tenants have other processes; this one ends by its memory
// threat: T13
// ends: memory_limit timeout
// request: {"limits":{"memoryMb":64,"timeoutMs":6000}}

const kept = [];
const grow = () => {
  for (let i = 0; i < 100; i += 1) kept.push(new Array(100_000).fill(i), 'x'.repeat(100_000) + i);
  queueMicrotask(grow);
};
Promise.reject(new Error('on the way'));
grow();
await new Promise(() => {});
