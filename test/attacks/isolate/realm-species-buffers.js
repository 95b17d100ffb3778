// tries: typed arrays of own classes, with lies about their length, in functions that fill or read them
// holds: the lie hurts the liar; no bytes of anybody else turn up
// threat: T1
// ends: success
// proof: ^lied 6$

let lied = 0;
class Liar extends Uint8Array {
  static get [Symbol.species]() {
    return class extends Uint8Array {
      constructor(size) {
        super(Number(size) + 1_000_000);
      }
    };
  }
  get byteLength() {
    return 4_000_000_000;
  }
  get byteOffset() {
    return -8;
  }
  get length() {
    return 65_536;
  }
}
const lies = [
  () => crypto.getRandomValues(new Liar(8)),
  () => new TextDecoder().decode(new Liar(8)),
  () => context.files.write('lie', new Liar(8)),
  () => new TextEncoder().encodeInto('x'.repeat(100), new Liar(8)),
  () => structuredClone(new Liar(8)),
  () => context.files.write('lie', { __proto__: Uint8Array.prototype, byteLength: 5, buffer: new ArrayBuffer(5) }),
];
for (const lie of lies) {
  lied += 1;
  try {
    const answer = lie();
    const text = typeof answer === 'string' ? answer : '';
    if (/[^\0\ufffd]/.test(text)) console.log('BREACH bytes from elsewhere');
  } catch (error) {
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
}
for (const name of context.files.list()) {
  if (context.files.readBytes(name).some((byte) => byte !== 0)) console.log('BREACH bytes in', name);
}
console.log('lied', lied);
