// tries: things that claim by tag, prototype or constructor to be what they are not, in every function that tells kinds apart
// holds: they are recognized by what they are, or the guest gets an error
// threat: T4
// ends: success
// proof: ^told \d+$

let told = 0;
const kinds = [
  Uint8Array,
  ArrayBuffer,
  Date,
  RegExp,
  Map,
  Set,
  Promise,
  Error,
  Boolean,
  WeakMap,
  DataView,
  URL,
  AbortSignal,
];
for (const Kind of kinds) {
  const fakes = [
    Object.create(Kind.prototype),
    { __proto__: Kind.prototype, [Symbol.toStringTag]: Kind.name, byteLength: 1e9, length: 1e9, size: 1e9 },
    { constructor: Kind, [Symbol.toStringTag]: Kind.name },
    new Proxy(
      {},
      { getPrototypeOf: () => Kind.prototype, get: (_, key) => (key === 'constructor' ? Kind : undefined) },
    ),
  ];
  for (const fake of fakes) {
    for (const use of [
      () => structuredClone(fake),
      () => context.files.write('output/fake', fake),
      () => new TextDecoder().decode(fake),
      () => crypto.getRandomValues(fake),
      () => console.log(fake),
      () => console.table(fake),
      () => new URL('x', fake),
      () => AbortSignal.any([fake]),
      () => clearTimeout(fake),
    ]) {
      told += 1;
      try {
        use();
      } catch (error) {
        if (typeof error === 'object' && !(error instanceof Object)) console.log('BREACH foreign error');
      }
    }
  }
}
console.log(`\ntold ${told}`);
({ [Symbol.toStringTag]: 'Module', __proto__: null });
