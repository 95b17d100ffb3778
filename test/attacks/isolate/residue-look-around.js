// tries: to find what another run has left in the realm, in the workspace or in what survives between isolates
// holds: a fresh realm and an empty workspace; random numbers differ
// threat: T9
// ends: success
// proof: ^looked$

const own = new Set(Object.getOwnPropertyNames(globalThis));
for (const name of own) if (/left|marker|secret|neighbour/i.test(name)) console.log('BREACH', name);
if (context.files.list().length > 0) console.log('BREACH', context.files.list());
for (const made of [Object.prototype, Array.prototype, Function.prototype, Error]) {
  for (const key of Reflect.ownKeys(made)) if (String(key).startsWith('left')) console.log('BREACH', key);
}
if (Symbol.keyFor(Symbol.for('left')) !== 'left') console.log('BREACH symbols');
const random = new Uint32Array(16_000);
crypto.getRandomValues(random);
if (new Set(random).size < 15_900) console.log('BREACH repeated random numbers');
const fresh = new Uint8Array(50_000_000);
if (fresh.some((byte) => byte !== 0)) console.log('BREACH memory of another run');
// And leave as much as it can for the next one.
globalThis.left = Object.prototype.left = Array.prototype.left = Error.left = 'left';
context.files.write('left', 'left');
console.log('looked');
