// tries: to find the neighbour's secret: in every text that can be reached, in fresh memory, in the environment
// holds: another process; nothing of it is in this realm
// threat: T13
// ends: success
// proof: ^searched \d+ texts$

let texts = 0;
const seen = new Set();
const queue = [globalThis, inputs, context];
while (queue.length > 0) {
  const thing = queue.pop();
  if (typeof thing === 'string') {
    texts += 1;
    // The token opens with this word; the place in inputs.canary names it only in paths.
    if (/canary[0-9a-f]{32}/.test(thing)) console.log('BREACH', thing);
    continue;
  }
  if ((typeof thing !== 'object' && typeof thing !== 'function') || thing === null || seen.has(thing)) continue;
  seen.add(thing);
  if (typeof thing === 'function') queue.push(Function.prototype.toString.call(thing));
  for (const key of Reflect.ownKeys(thing)) {
    queue.push(String(key));
    const { value, get, set } = Reflect.getOwnPropertyDescriptor(thing, key);
    queue.push(value, get, set);
  }
  queue.push(Object.getPrototypeOf(thing));
}
if ('NEIGHBOUR' in context.env) console.log('BREACH', context.env.NEIGHBOUR);
for (let i = 0; i < 20; i += 1) {
  const memory = new Uint8Array(2_000_000);
  if (memory.some((byte) => byte !== 0)) console.log('BREACH memory of somebody else');
}
console.log(`searched ${texts} texts`);
