// tries: to be taken for done while it waits for what never comes
// holds: a script that nothing can settle is an error, not a success without a value
// threat: T4
// ends: error
// proof: ^waiting$

console.log('waiting');
setTimeout(() => {}, 1_000_000).unref();
await new Promise(() => {});
('never');
