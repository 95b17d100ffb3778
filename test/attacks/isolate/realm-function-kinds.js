// tries: the hidden constructors of generators and asynchronous functions, and breaking out of their parameter lists
// holds: what they make lives in the guest's realm and sees its globals alone
// threat: T1
// ends: success
// proof: ^made 8$

const kinds = [() => 1, async () => 1, function* () {}, async function* () {}].map((made) => made.constructor);
const body =
  'return [typeof kit, typeof modules, typeof $exports, typeof host, typeof ask, process, require, this === globalThis || this === undefined]';
let made = 0;
for (const Kind of kinds) {
  for (const make of [() => Kind(body), () => Kind('a = 1) { return 1 } //', 'b', body)]) {
    try {
      const run = make();
      if (!(run instanceof Function)) console.log('BREACH a function of another realm');
      let seen = run();
      if (typeof seen?.next === 'function') seen = (await seen.next()).value;
      seen = await seen;
      if (Array.isArray(seen) && seen.slice(0, 5).some((type) => type !== 'undefined')) console.log('BREACH', seen);
      if (Array.isArray(seen) && (seen[5] !== process || seen[6] !== require)) console.log('BREACH another process');
    } catch (error) {
      if (!(error instanceof SyntaxError)) console.log('BREACH', error.constructor.name);
    }
    made += 1;
  }
}
console.log('made', made);
