// tries: to starve everybody else: processor, host calls and output at once, for as long as it may
// holds: the neighbour's calls end right and in time; this one ends at its limit
// threat: T13
// ends: timeout output_limit
// request: {"limits":{"timeoutMs":3000,"outputKb":16384}}

setInterval(() => {}, 0);
for (let i = 0; ; i += 1) {
  crypto.getRandomValues(new Uint8Array(65_536));
  if (i % 64 === 0) console.log('x'.repeat(1_000));
  context.files.write(`file${i % 16}`, 'x'.repeat(100_000));
}
