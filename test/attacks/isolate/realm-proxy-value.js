// tries: a proxy as the value, whose traps run while trusted code puts the value into words
// holds: traps see objects of the guest only; the verdict waits for them no longer than the limits say
// threat: T1
// ends: success
// proof: ^trapped \d

let trapped = 0;
const handler = new Proxy(
  {},
  {
    get: (_, trap) =>
      function (...given) {
        trapped += 1;
        for (const thing of given) {
          if (typeof thing === 'function' && !(thing instanceof Function)) console.log('BREACH foreign function');
          if (typeof thing === 'object' && thing !== null && thing !== target && !(thing instanceof Object)) {
            if (Object.getPrototypeOf(thing) !== null) console.log('BREACH foreign object');
          }
        }
        return Reflect[trap](...given);
      },
  },
);
const target = { a: 1, nested: [1, { b: 2 }] };
const value = new Proxy(target, handler);
console.log(value);
console.table(value);
console.dir(value, { showProxy: true });
JSON.stringify(value);
console.log('trapped', trapped);
value;
