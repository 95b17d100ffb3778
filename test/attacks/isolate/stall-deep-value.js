// tries: to answer with a value 10^5 levels deep, on which recursive readers break
// holds: it becomes a text or an error, in the guest's realm; the engine never recurses into it
// threat: T2
// ends: success error
// request: {"limits":{"timeoutMs":60000}}

let deep = [];
for (let i = 0; i < 100_000; i += 1) deep = i % 2 ? [deep] : { deep };
deep;
