// tries: to keep the host's thread busy with questions, so that it misses its own clock
// holds: the clocks still tick: the run ends at its wall time
// threat: T2
// ends: timeout
// proof: ^asking$
// request: {"limits":{"timeoutMs":2000}}

for (let i = 0; i < 4_000; i += 1) context.files.write(`output/${'d/'.repeat(50)}${i}`, 'x');
console.log('asking');
for (;;) {
  context.files.list();
  for (let i = 0; i < 100; i += 1) {
    context.files.write(`output/${'d/'.repeat(50)}${i}`, 'y');
    crypto.getRandomValues(new Uint8Array(65_536));
  }
}
