// tries: inputs that break their readers: deep, huge, cyclic, with getters, toJSON, odd keys and lone surrogates
// holds: each is refused with a code or arrives as the JSON that it is; no prototype changes, and the next call works
// threat: T16
// ends: success
// tools: yes
// proof: ^tried 19$

let deep = [];
for (let n = 0; n < 5_000; n += 1) deep = [deep];
const cyclic = {};
cyclic.self = cyclic;
const inputs = [
  deep,
  cyclic,
  'x'.repeat(1_048_577),
  'é'.repeat(800_000),
  10n,
  () => 1,
  Symbol('x'),
  JSON.parse('{"__proto__":{"polluted":1}}'),
  JSON.parse('[{"a":{"__proto__":{"polluted":1}}}]'),
  { constructor: { prototype: { polluted: 1 } } },
  { toJSON: () => JSON.parse('{"__proto__":{"polluted":1}}') },
  {
    get text() {
      throw new Error('mine');
    },
  },
  new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('mine');
      },
    },
  ),
  { text: 'x'.repeat(11) },
  { text: 'x', more: 1 },
  { toString: 1, valueOf: 1, then: 1 },
  '\ud800\udc00\ud800',
  { ['k'.repeat(500_000)]: 1 },
  Array.from({ length: 50_000 }, () => ({})),
];
let tried = 0;
for (const input of inputs) {
  for (const name of ['echo', 'strict']) {
    try {
      const answer = await tools[name](input);
      if (name === 'strict') console.log('BREACH strict took', typeof input);
      if (answer?.polluted !== undefined) console.log('BREACH polluted answer');
    } catch (error) {
      if (error.code === 'INTERNAL_ERROR') console.log('BREACH', error.message);
    }
  }
  tried += 1;
}
if ({}.polluted !== undefined) console.log('BREACH polluted here');
if ((await tools.strict({ text: 'fine' }))[0] !== 'text') console.log('BREACH no call works any more');
console.log('tried', tried);
