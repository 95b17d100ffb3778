// tries: JSON and structuredClone bombs: a million levels deep, a hundred thousand names wide, doubled again and again
// holds: an error of the guest's realm or its limits; nothing of it reaches the host's parser
// threat: T2
// ends: error timeout memory_limit
// proof: ^bombing$
// request: {"limits":{"timeoutMs":6000}}

console.log('bombing');
const attempt = (call) => {
  try {
    call();
  } catch (error) {
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
};
attempt(() => JSON.parse('['.repeat(1_000_000) + ']'.repeat(1_000_000)));
attempt(() => JSON.parse(`{${Array.from({ length: 100_000 }, (_, i) => `"${i}":{}`).join(',')}}`));
let deep = {};
for (let i = 0; i < 100_000; i += 1) deep = { deep };
attempt(() => structuredClone(deep));
attempt(() => JSON.stringify(deep));
let doubled = ['x'.repeat(1_000)];
for (let i = 0; i < 25; i += 1) doubled = [doubled, doubled];
JSON.stringify(structuredClone(doubled)).length;
for (;;) doubled = [JSON.stringify(doubled), doubled];
