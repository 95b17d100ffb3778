// tries: to blow up a small thing while it is formatted: padding, indentation, wide tables, shared branches
// holds: the formatter runs under the guest's own heap limit
// threat: T3
// ends: memory_limit error output_limit timeout
// request: {"limits":{"memoryMb":64,"timeoutMs":6000}}

let shared = ['leaf'];
for (let i = 0; i < 40; i += 1) shared = [shared, shared];
for (let i = 0; i < 20_000; i += 1) console.group();
console.dir(shared, { depth: Infinity, maxArrayLength: Infinity, breakLength: 1, compact: false });
console.table(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [i, { [`column ${i}`]: 'x'.repeat(3_000) }])));
console.log('\n'.repeat(1_000_000));
for (let text = 'x'; ; text += text) console.log('%s', text, [text, { text }]);
