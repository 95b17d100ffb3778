// tries: to answer with valid JSON 10^5 levels deep, spelled by toJSON on rawJSON, for the engine's parser to choke on
// holds: a typed result
// threat: T2
// ends: success error output_limit
// request: {"limits":{"timeoutMs":60000}}

const levels = 100_000;
JSON.stringify = () => '['.repeat(levels) + ']'.repeat(levels);
let deep = 0;
for (let i = 0; i < 5_000; i += 1) deep = [deep];
deep;
