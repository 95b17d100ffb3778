// tries: to sort 5e7 elements, which ends inside V8 with a thread that never returns
// holds: the host process is given up; the verdict is the guest's memory or time
// threat: T2
// ends: memory_limit timeout
// request: {"limits":{"memoryMb":64,"timeoutMs":8000}}

new Array(5e7)
  .fill(0)
  .map((_, index) => -index)
  .sort().length;
