// tries: 10^5 files with every name collected, and the end in the middle of it
// holds: the number of files and of artifacts is bounded; the verdict is there in its time
// threat: T8
// ends: timeout success
// proof: ^writing$
// request: {"limits":{"timeoutMs":3000},"collect":["**"]}

console.log('writing');
for (let i = 0; i < 100_000; i += 1) {
  try {
    context.files.write(`folder ${i % 100}/file ${i}`, 'x');
  } catch {}
}
