// tries: show values whose members throw, recurse or change what the realm uses, under invalid media types
// holds: at most an exception of the guest's own realm, and media types that match the data
// threat: T17
// ends: success
// proof: ^tried 13, refused [0-9]+$
const throws = () => {
  throw new Error('mine');
};
const cyclic = {};
cyclic.self = cyclic;
const attempts = [
  [cyclic],
  [{ toJSON: throws }],
  [new Proxy({}, { get: throws, ownKeys: throws, getPrototypeOf: throws })],
  [{ then: throws }],
  [Symbol('s')],
  [1n],
  ['x', { toString: throws }],
  ['x', Symbol('s')],
  ['x', 'text/html\r\nX: y'],
  ['x', 'y'.repeat(10_000_000)],
  ['<script>', 'image/png'],
  [new Proxy(new Uint8Array(3), {}), 'image/png'],
];
let refused = 0;
const check = (error) => {
  refused += 1;
  if (error?.constructor?.constructor !== Function) console.log('BREACH an error of another realm');
};
for (const attempt of attempts) {
  try {
    display(...attempt);
  } catch (error) {
    check(error);
  }
}
try {
  hotcell.progress({ valueOf: throws }, { toString: throws });
} catch (error) {
  check(error);
}
String.prototype.slice = TypeError.prototype.toString = JSON.stringify = throws;
globalThis.TypeError = throws;
display({ a: 1 });
console.log(`tried ${attempts.length + 1}, refused ${refused}`);
