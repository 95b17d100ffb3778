// tries: to run out of stack inside the host's functions, where a half-done call may leave something behind
// holds: a RangeError of the guest's realm, and functions that work afterwards
// threat: T1
// ends: success
// proof: ^overflows [1-9]

let overflows = 0;
const dig = (call) => {
  try {
    dig(call);
  } catch (error) {
    overflows += 1;
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
  // On the way back up there is a little more room each time.
  try {
    if (overflows < 60) call();
  } catch (error) {
    overflows += 1;
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
};
const calls = [
  () => console.error('x'),
  () => context.files.write('deep', 'x'),
  () => context.files.list(),
  () => crypto.randomUUID(),
  () => new URL('http://a/b'),
  () => console.error({ a: [{ b: 1 }] }),
  () => setTimeout(() => {}, 1),
];
for (const call of calls) {
  overflows = 0;
  dig(call);
}
context.files.write('after', 'fine');
console.log(`overflows ${overflows} ${context.files.read('after')}`);
