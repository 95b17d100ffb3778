// tries: to replace everything of Promise, so that the way from the guest's end to the verdict runs through guest code
// holds: trusted code awaits with V8's own promises; the value comes through
// threat: T1
// ends: success
// proof: ^still here$

const seen = [];
const trap = function (...values) {
  seen.push(this, ...values);
  return {};
};
for (const name of ['then', 'catch', 'finally']) Promise.prototype[name] = trap;
for (const name of ['resolve', 'reject', 'all', 'any', 'race', 'allSettled', 'withResolvers', 'try'])
  Promise[name] = trap;
globalThis.Promise = function (executor) {
  seen.push(executor);
};
setTimeout(() => {
  for (const thing of seen) {
    if (typeof thing === 'function' && !(thing instanceof Function)) console.log('BREACH foreign function');
    if (typeof thing === 'object' && thing !== null && !(thing instanceof Object)) console.log('BREACH foreign object');
  }
  console.log('still here');
}, 5);
7;
