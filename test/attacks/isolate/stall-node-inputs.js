// tries: to give the modules of Node sizes, texts and objects on which they break, hang or take far more than they are given
// holds: each ends with an error of the guest's realm, or an answer
// threat: T2
// ends: success
// proof: ^tried [1-9]\d
// request: {"limits":{"timeoutMs":60000}}

const big = 'x'.repeat(2_000_000);
const cyclic = { a: [] };
cyclic.a.push(cyclic);
const other = { a: [] };
other.a.push(other);
let deep = [];
for (let i = 0; i < 10_000; i += 1) deep = [deep];
let tried = 0;
for (const act of [
  () => Buffer.alloc(2 ** 40),
  () => Buffer.alloc(-1),
  () => Buffer.alloc(Number.NaN),
  () => Buffer.from({ length: 2 ** 40 }),
  () =>
    Buffer.from({
      length: 1e9,
      get 0() {
        throw 1;
      },
    }),
  () =>
    Buffer.from(
      new Proxy([], {
        get() {
          throw new Error('no');
        },
      }),
    ),
  () => Buffer.concat([Buffer.from('a')], 2 ** 40),
  () => Buffer.concat(Array(1e5).fill(new Proxy(new Uint8Array(1), {}))),
  () => Buffer.from('a').readUIntBE(0, 1e9),
  () => Buffer.from('a').fill('b', 0, 1e12).length,
  () => Buffer.from(big).indexOf('y'.repeat(1_000)),
  () => Buffer.from(big, 'hex').length + Buffer.from(big, 'base64').length,
  () => Buffer.prototype.toString.call({ length: 1e9 }),
  () => Buffer.prototype.write.call([], 'x'),
  () => require('path').normalize('../'.repeat(200_000)).length,
  () => require('path').resolve(...Array(10_000).fill('a')).length,
  () => require('querystring').parse('a&'.repeat(500_000)),
  () => require('querystring').parse('__proto__=1&constructor=2').constructor,
  () => require('url').parse(`http://${big}`),
  () => require('url').parse('http://' + '@'.repeat(50_000)),
  () => require('util').isDeepStrictEqual(cyclic, other),
  () => require('util').isDeepStrictEqual(deep, [deep]),
  () => require('util').inspect(deep),
  () => require('assert').deepStrictEqual(cyclic, other),
  () => require('crypto').pbkdf2Sync('a', 'b', 2 ** 40, 1e12, 'sha1'),
  () => require('crypto').randomBytes(2 ** 40),
  () => require('crypto').randomInt(0),
  () => require('crypto').createHash(big),
  () => require('crypto').createHash('__proto__'),
  () => require('crypto').createHash('constructor'),
  () => require('fs').readFileSync('a'.repeat(5_000)),
  () => require('fs').writeFileSync('a/'.repeat(2_000), 'x'),
  () => require('fs').writeFileSync('a\u0000b', 'x'),
  () => require('fs').mkdirSync('d/'.repeat(300), { recursive: true }),
  () => require('fs').readdirSync('.', { recursive: true }).length,
  () => require('fs').writeFileSync('big', Buffer.alloc(2 ** 27)),
  () => require(big),
  () => require('./' + big),
  () => require('..'),
  () => require('/workspace/../etc/passwd'),
  () => require('__proto__'),
  () => require({ toString: () => 'fs' }),
  () => hotcell.require.one(null, 'x'),
  () =>
    hotcell.require.all(
      new Proxy(
        {},
        {
          ownKeys() {
            throw 1;
          },
        },
      ),
    ),
  () => process.exit('not a code'),
  () => process.exit(Symbol('x')),
  () => (process.exitCode = {}),
  () => process.nextTick(5),
  () => process.stdout.write(5),
  () => process.stdout.write('x', 'nope'),
  () => new (require('string_decoder').StringDecoder)('nope'),
  () => new (require('string_decoder').StringDecoder)().write({}),
  () => new (require('crypto').createHash('md5').constructor)({}, {}),
]) {
  try {
    act();
  } catch (error) {
    if (error !== 1 && !(error instanceof Error)) console.log('BREACH foreign error', String(act));
  }
  tried += 1;
}
console.log('tried', tried);
