// tries: subclasses of Promise and Symbol.species, whose executors are handed the insides of an await
// holds: only functions of the guest's realm are handed over, and the job ends once
// threat: T1
// ends: success
// proof: ^executors [1-9]

let executors = 0;
class Trap extends Promise {
  static get [Symbol.species]() {
    return Trap;
  }
  constructor(executor) {
    executors += 1;
    if (!(executor instanceof Function)) console.log('BREACH foreign executor');
    super((resolve, reject) => {
      if (!(resolve instanceof Function)) console.log('BREACH foreign resolver');
      executor(resolve, reject);
    });
  }
  then(...callbacks) {
    for (const callback of callbacks) {
      if (typeof callback === 'function' && !(callback instanceof Function)) console.log('BREACH foreign callback');
    }
    return super.then(...callbacks);
  }
}
Object.defineProperty(Promise, Symbol.species, { get: () => Trap });
Object.defineProperty(Promise.prototype, 'constructor', { get: () => Trap });
queueMicrotask(() => {});
await Trap.all([1, Trap.resolve(2)]);
await new Promise((done) => setTimeout(done, 1));
console.log('executors', executors);
Trap.resolve('the value');
