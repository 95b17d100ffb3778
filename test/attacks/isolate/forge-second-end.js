// tries: to end twice: after an error a timer, a microtask and a finalizer still answer with success
// holds: the first end counts
// threat: T4
// ends: error
// proof: ^before$

console.log('before');
const answer = () => {
  console.log('after');
  return { status: 'success' };
};
setTimeout(answer, 0);
setImmediate(answer);
queueMicrotask(answer);
Promise.reject(new Error('first')).catch(answer);
Object.defineProperty(globalThis, 'inputs', { get: answer });
throw new Error('the only end');
