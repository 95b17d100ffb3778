// tries: FinalizationRegistry and WeakRef: callbacks that V8 runs between the turns, outside of any call of the guest's
// holds: they run in the guest's realm, under its limits, and not after its end
// threat: T1
// ends: success
// proof: ^registered

const registry = new FinalizationRegistry((held) => {
  const sites = [];
  Error.prepareStackTrace = (_, frames) => frames;
  for (const site of new Error().stack) sites.push(site.getThis(), site.getFunction());
  Error.prepareStackTrace = undefined;
  if (sites.some((thing) => typeof thing === 'function' && !(thing instanceof Function))) console.log('BREACH foreign');
  console.log('finalized', held);
  // Registers again, so that there is always one more to come.
  registry.register({}, held + 1);
});
const refs = [];
for (let i = 0; i < 20_000; i += 1) {
  const object = { i };
  registry.register(object, i);
  refs.push(new WeakRef(object));
}
console.log('registered', refs.length);
for (let i = 0; i < 20; i += 1) {
  new Array(100_000).fill(i);
  await new Promise((done) => setTimeout(done, 1));
}
refs.filter((ref) => ref.deref() === undefined).length >= 0;
