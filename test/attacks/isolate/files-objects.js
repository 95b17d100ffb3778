// tries: paths and contents that are objects: they change between two looks, write files while they are read, or lie
// holds: one look each, in the guest; what arrives is a text or bytes
// threat: T10
// ends: success
// proof: ^used \d+$

let used = 0;
let looks = 0;
const changing = { toString: () => (looks++ % 2 ? '/etc/passwd' : 'plain') };
const nesting = { toString: () => (context.files.write('inner', 'x'), context.files.remove('inner'), 'outer') };
const contents = [
  'text',
  new Uint8Array(3),
  new ArrayBuffer(3),
  new DataView(new ArrayBuffer(3)),
  new Uint16Array([1, 65_535]),
  [1, 2],
  { length: 5 },
  null,
  7n,
  Symbol('x'),
  () => 1,
  new Proxy(new Uint8Array(2), {}),
  new String('boxed'),
  changing,
  new Float64Array([NaN]),
];
const paths = [
  'plain',
  changing,
  nesting,
  ['a', 'b'],
  ['../x'],
  { toString: null, valueOf: () => '../x' },
  Symbol('p'),
  null,
  undefined,
  0,
  -0,
  1n,
  true,
  new String('boxed'),
  new Proxy({}, {}),
  () => 'x',
];
for (const path of paths) {
  for (const content of contents) {
    used += 1;
    try {
      context.files.write(path, content);
      context.files.read(path);
      context.files.readBytes(path);
    } catch (error) {
      if (!(error instanceof Error)) console.log('BREACH foreign error');
    }
  }
}
for (const name of context.files.list()) if (name.includes('..') || name.startsWith('/')) console.log('BREACH', name);
console.log('used', used);
