// tries: the custom inspection hook, which is handed options and the inspect function itself
// holds: all that is handed over belongs to the guest's realm
// threat: T1
// ends: success
// proof: ^handed [1-9]

let handed = 0;
const seen = new Set();
const walk = (thing, where) => {
  if ((typeof thing !== 'object' && typeof thing !== 'function') || thing === null || seen.has(thing)) return;
  seen.add(thing);
  handed += 1;
  const isOwn = thing instanceof Object || Object.getPrototypeOf(thing) === null;
  if (!isOwn) console.log('BREACH foreign', where);
  if (typeof thing === 'function') {
    try {
      if (thing.constructor('return process')() !== process) console.log('BREACH process by', where);
    } catch {}
  }
  for (const key of Reflect.ownKeys(thing)) {
    try {
      walk(thing[key], `${where}.${String(key)}`);
    } catch {}
  }
  walk(Object.getPrototypeOf(thing), `${where}.__proto__`);
};
const hook = {
  [Symbol.for('nodejs.util.inspect.custom')](...given) {
    walk(given, 'given');
    walk(this, 'this');
    return { toString: () => '\u001b[2J', [Symbol.for('nodejs.util.inspect.custom')]: () => 'twice' };
  },
};
console.log(hook, [hook], { hook });
console.log('%o', hook);
console.log('handed', handed);
hook;
