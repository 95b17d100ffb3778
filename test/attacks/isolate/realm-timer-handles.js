// tries: to build timer handles of its own around forged entries, so that the host is given a forged time to wait
// holds: handles come from setTimeout alone; the job ends in its time
// threat: T1
// ends: success
// proof: ^refused 6$

const handle = setTimeout(() => {}, 1);
const Timeout = handle.constructor;
let refused = 0;
const forged = {
  id: 1,
  callback: () => console.log('BREACH forged callback'),
  values: [],
  delay: 1,
  repeat: true,
  at: NaN,
  queued: true,
  referenced: true,
};
for (const attempt of [
  () => new Timeout(forged).refresh(),
  () => Reflect.construct(Timeout, [forged], Object).refresh(),
  () => new (class extends Timeout {})(forged).close(),
  () => Timeout.prototype.refresh.call({ __proto__: Timeout.prototype }),
  () => Timeout.prototype.ref.call(forged),
  () => Timeout.prototype[Symbol.toPrimitive].call(Object.create(handle)),
]) {
  try {
    attempt();
    console.log('BREACH', `${attempt}`);
  } catch (error) {
    if (error instanceof TypeError) refused += 1;
  }
}
console.log('refused', refused);
