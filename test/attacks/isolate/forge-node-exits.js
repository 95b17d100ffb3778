// tries: to exit from within callbacks, getters, hooks of the realm and other exits, to be judged twice or to run on
// holds: the first exit counts, and nothing runs after it
// threat: T4
// ends: error
// proof: ^leaving$

const after = () => console.log('BREACH ran on');
process.on('exit', () => {
  try {
    process.exit(2);
  } finally {
    after();
  }
});
Error.prepareStackTrace = () => process.exit(9);
Object.prototype.toJSON = () => process.exit(8);
setTimeout(after, 0);
queueMicrotask(after);
Promise.reject(new Error('nobody hears')).finally(after);
console.log('leaving');
({
  get value() {
    try {
      [3, 1, 2].sort(() => JSON.stringify({ toJSON: () => process.exit(3) }));
    } catch {
      after();
    } finally {
      after();
    }
    after();
  },
}).value;
after();
