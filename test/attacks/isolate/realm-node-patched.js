// tries: to patch prototypes and globals before the modules of Node are first used, and to catch what they are given
// holds: the modules hold nothing that the guest has not: no function of the host, no way out of the realm
// threat: T1
// ends: success error
// proof: ^used [1-9]\d

const say = console.log;
const caught = [];
const { apply } = Reflect;
for (const owner of [Object, Array.prototype, Map.prototype, WeakMap.prototype, Function.prototype, String.prototype]) {
  for (const name of Object.getOwnPropertyNames(owner)) {
    const { value, configurable, writable } = Object.getOwnPropertyDescriptor(owner, name);
    if (typeof value !== 'function' || name === 'constructor' || !configurable || !writable) continue;
    if (['apply', 'call', 'bind'].includes(name)) continue;
    owner[name] = function (...given) {
      if (caught.length < 5_000) caught[caught.length] = [this, given];
      return apply(value, this, given);
    };
  }
}
let used = 0;
for (const use of [
  () => Buffer.from('abc').toString('hex'),
  () => Buffer.concat([Buffer.alloc(3)]),
  () => process.env,
  () => process.stdin.on('data', () => 0),
  () => process.stdout.write(''),
  () => process.on('exit', () => 0),
  () => require('fs').writeFileSync('a.txt', 'x'),
  () => require('fs').readFileSync('a.txt'),
  () => require('crypto').createHash('sha512').update('x').digest('hex'),
  () => require('crypto').randomBytes(8),
  () => require('util').inspect({ a: 1 }),
  () => require('assert').deepStrictEqual({ a: 1 }, { a: 1 }),
  () => require('url').parse('http://a/b'),
  () => require('events').once(new (require('events'))(), 'x'),
  () => structuredClone({ a: [1] }),
  () => new AbortController().abort(),
  () => new URL('http://a/b').searchParams.append('a', 'b'),
  () => require('./a.txt'),
  () => require('nothing'),
]) {
  try {
    use();
  } catch {}
  used += 1;
}
say('used', used, caught.length > 0);
// These end the program, which is what they are for.
const seen = new Set([process.exit, process.reallyExit, process.abort]);
const look = (thing, depth) => {
  if ((typeof thing !== 'object' && typeof thing !== 'function') || thing === null || seen.has(thing) || depth > 4)
    return;
  seen.add(thing);
  if (typeof thing === 'function') {
    if (thing.constructor?.constructor !== Function) say('BREACH a function of another realm');
    for (const given of [
      ['drained', ''],
      ['size', 'a.txt'],
      ['random', '4'],
    ]) {
      try {
        const answer = say !== thing && thing(...given);
        if (answer === 'yes' || answer === '+1') say('BREACH a function of the host answers', given[0]);
      } catch {}
    }
  }
  for (const key of Reflect.ownKeys(thing)) {
    try {
      look(Reflect.getOwnPropertyDescriptor(thing, key).value, depth + 1);
    } catch {}
  }
};
for (let index = 0; index < caught.length; index += 1) look(caught[index], 0);
