// tries: to make much output of little code: indentation that grows, repeated over many lines
// holds: the flood limit or the heap limit
// threat: T8
// ends: output_limit memory_limit error
// request: {"limits":{"outputKb":64,"memoryMb":64}}

for (let i = 0; i < 5_000; i += 1) console.group();
for (;;) console.log('\n'.repeat(5_000));
