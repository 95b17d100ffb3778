// tries: maps, sets and sparse arrays of the largest sizes that V8 has
// holds: the heap limit
// threat: T3
// ends: memory_limit
// request: {"limits":{"memoryMb":64,"timeoutMs":60000}}

const map = new Map();
const sparse = [];
sparse.length = 2 ** 32 - 1;
for (let i = 0; ; i += 1) {
  map.set(i, new Set([i]));
  sparse[(i * 65_537) % (2 ** 32 - 2)] = [i];
}
