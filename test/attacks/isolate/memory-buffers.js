// tries: buffers: giant ones, resizable ones that reserve far more than they fill, and many that are transferred
// holds: the isolate's allocator counts them
// threat: T3
// ends: memory_limit
// request: {"limits":{"memoryMb":64}}

const kept = [];
const attempt = (call) => {
  try {
    kept.push(call());
  } catch (error) {
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
};
for (const size of [2 ** 33, 2 ** 32, 2 ** 31, 2 ** 53 - 1]) {
  attempt(() => new ArrayBuffer(size));
  attempt(() => new Uint8Array(size));
  attempt(() => new Float64Array(size / 8));
  attempt(() => new ArrayBuffer(8, { maxByteLength: size }));
}
for (;;) {
  const buffer = new ArrayBuffer(8, { maxByteLength: 2 ** 24 });
  buffer.resize(2 ** 24);
  kept.push(buffer.slice(0), buffer.transfer(), new Uint8Array(2 ** 20).fill(1));
}
