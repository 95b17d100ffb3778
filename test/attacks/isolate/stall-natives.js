// tries: built-in functions that run long in native code, where an interrupt may not be looked for
// holds: the run ends in its time, if need be with its host process
// threat: T2
// ends: timeout memory_limit
// proof: ^native$
// request: {"limits":{"timeoutMs":1500}}

console.log('native');
const attempt = (call) => {
  try {
    return call();
  } catch {
    return undefined;
  }
};
for (;;) {
  attempt(() => new Array(2 ** 32 - 2).includes(1));
  attempt(() => Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1));
  attempt(() => Array.prototype.fill.call(new Proxy({ length: 1e9 }, {}), 0));
  attempt(() => (2n ** 1_000_000n) ** 1_000n);
  attempt(() => (3n ** 3_000_000n).toString());
  attempt(() => BigInt('9'.repeat(5_000_000)));
  attempt(() => 'é'.repeat(10_000_000).normalize('NFD').localeCompare('e'.repeat(10_000_000)));
  attempt(() => 'a'.repeat(20_000_000).lastIndexOf('ab'.repeat(5_000_000)));
  attempt(() => new Uint8Array(1e8).indexOf(1));
}
